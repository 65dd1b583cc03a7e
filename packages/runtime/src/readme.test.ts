// SPDX-License-Identifier: Apache-2.0
// Runs the snippet of the README, and holds it and the table of keys against the file.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { baseKeys, configTable, createLogger, loadConfig, runAll } from './index.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the README’s snippet does what it says', async () => {
  const env = {};
  const recorder = { run: async () => {} };
  const store = { close: async () => {} };
  // snippet
  const schema = z.strictObject({
    ASHIATO_LISTEN: baseKeys.ASHIATO_LISTEN,
    ASHIATO_RECORDER_LINGER_MS: z.coerce.number().default(1000).describe('longest wait before a commit'),
  });
  const config = loadConfig(schema, env);
  const logger = createLogger({ name: 'recorder' });
  const exitCode = await runAll(
    [
      { name: 'store', close: () => store.close() },
      { name: 'recorder', run: () => recorder.run() },
    ],
    { logger },
  );
  // end of snippet
  expect(config.ASHIATO_RECORDER_LINGER_MS).toBe(1000);
  expect(exitCode).toBe(0);
});

test('the README’s snippet is the one that ran', async () => {
  const self = await readFile(new URL(import.meta.url), 'utf8');
  const ran = /\/\/ snippet\n(.*?) {2}\/\/ end of snippet/s.exec(self)?.[1]?.replaceAll(/^ {2}/gm, '');
  expect(/```ts\n(.*?)```/s.exec(readme)?.[1]).toBe(ran);
});

/** A table's cells, whatever the formatter made of its spaces and dashes. */
const cells = (markdown: string) =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map(line => line.split('|').map(cell => cell.trim()));

test('the README’s table of keys is generated from the schema', () => {
  expect(cells(readme.slice(readme.indexOf('| key')))).toEqual(cells(configTable(z.strictObject(baseKeys))));
});
