// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { account, arrivedAt, openTarget } from './delivered.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';

test('a full disk refuses, gives no number twice, and is ridden out', async () => {
  if (process.platform !== 'linux')
    throw new Error('this test mounts a small tmpfs with unshare(1); run it on Linux');
  const dir = await tempFolder();
  const small = join(dir, 'small');
  await mkdir(small);
  const program = join(import.meta.dirname, 'full-disk.testing.ts');
  const mount = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"';
  const command = ['-rm', 'sh', '-c', mount, small, process.execPath, program, dir, small];
  const { stdout } = await promisify(execFile)('unshare', command, { maxBuffer: 64 << 20 });

  const lines = stdout.trimEnd().split('\n');
  expect(JSON.parse(lines.at(-1)!)).toEqual({ refusals: ['SPOOL_WRITE', 'SPOOL_WRITE'], spooled: 0 });
  const promised = new Set(lines.slice(0, -1));
  const queue = await openTarget(join(dir, 'queue'));
  const arrived = await arrivedAt(queue);
  await queue.close();
  expect(account(arrived, promised).faults).toEqual([]);
  expect(promised.size).toBeGreaterThan(50 * 30);
  // The refused write ended an epoch: what came after stands in a later one.
  expect(new Set(arrived.map(({ event }) => event.sourceepoch)).size).toBeGreaterThan(1);
});
