// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'ashiato-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const start = (...args: string[]) => spawn(process.execPath, [MAIN, ...args]);

test('a reader that leaves early neither crashes a command nor changes its exit code', async () => {
  const child = start('policy', 'explain', '--json', '-');
  const said = text(child.stderr);
  const conforming = '{"specversion":"1.0"}\n'.repeat(5000); // judged as undetermined: no violation
  child.stdout.destroy();
  child.stdin.on('error', () => {}); // a crashed command stops reading; the exit code below tells
  child.stdin.end(conforming);
  const [code] = await once(child, 'close');
  expect(await said).not.toContain('EPIPE');
  expect(code).toBe(0);
});

test('a folder without a trail is told, and nothing is made there', async () => {
  const nowhere = join(dir, 'nowhere');
  const child = start('verify', '--data-dir', nowhere);
  const said = text(child.stderr);
  expect((await once(child, 'close'))[0]).toBe(2);
  expect(await said).toContain(`there is no trail in ${nowhere}`);
  expect(existsSync(nowhere)).toBe(false);
});
