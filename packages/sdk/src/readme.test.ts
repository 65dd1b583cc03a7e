// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { arrivedAt, openTarget } from './delivered.fixture.ts';
import { tempFolder } from './temp-folder.fixture.ts';

test('the three lines of the README record one event', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  expect(example.match(/;$/gm), 'three statements').toHaveLength(3);
  const dir = await tempFolder();
  await (await openTarget(join(dir, 'queue'))).close();
  const door = JSON.stringify(join(import.meta.dirname, 'index.ts'));
  await writeFile(join(dir, 'example.mts'), `import { createTrail } from ${door};\n${example}`);
  await promisify(execFile)(process.execPath, ['example.mts'], { cwd: dir });
  const queue = await openTarget(join(dir, 'queue'));
  const arrived = await arrivedAt(queue);
  await queue.close();
  expect(arrived.map(({ event }) => [event.source, event.sequence])).toEqual([['/billing/web-1', '1']]);
});
