// SPDX-License-Identifier: Apache-2.0
// Every TypeScript snippet of a README runs as it stands, with Node and nothing else, in a folder of its own.
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

const snippets = globSync('{packages,services}/*/README.md', { cwd: root }).flatMap(path =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((found, i) => ({
    path,
    name: `${path} #${i + 1}`,
    text: found[1]!,
  })),
);

describe('README snippets', () => {
  it('exist', () => expect(snippets.length).toBeGreaterThan(3));

  it.each(snippets)('$name runs', async ({ path, text }) => {
    // Inside the room, so that its own imports resolve as they do for its readers.
    const folder = join(root, dirname(path), '.snippets', String(process.pid));
    mkdirSync(folder, { recursive: true });
    try {
      const file = join(folder, 'snippet.ts');
      writeFileSync(file, text);
      const { stderr } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
        cwd: folder,
        timeout: 60_000,
      });
      expect(stderr.includes('Error')).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
