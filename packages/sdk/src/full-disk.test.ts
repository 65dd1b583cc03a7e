// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { account, arrivedAt, openTarget } from './delivered.testing.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';

/** Runs Node in a mount namespace in which `small` is a file system of 1 MiB. */
async function onSmallDisk(small: string, options: string, args: string[]): Promise<string> {
  if (process.platform !== 'linux')
    throw new Error('this test mounts a small tmpfs with unshare(1); run it on Linux');
  await mkdir(small);
  const mount = `mount -t tmpfs -o ${options} tmpfs "$0" && exec "$@"`;
  const command = ['-rm', 'sh', '-c', mount, small, process.execPath, ...args];
  return (await promisify(execFile)('unshare', command, { maxBuffer: 64 << 20 })).stdout;
}

test('a full disk refuses, gives no number twice, and is ridden out', async () => {
  const dir = await tempFolder();
  const small = join(dir, 'small');
  const program = join(import.meta.dirname, 'full-disk.testing.ts');
  const stdout = await onSmallDisk(small, 'size=1m', [program, dir, small]);

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

test('a read-only disk is an error at start and at record, with the reason', async () => {
  const small = join(await tempFolder(), 'small');
  const program = `
    import { createTrail } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const trail = createTrail({ source: '/x', spoolDir: process.argv[1], queueUrl: 'file:./queue' });
    for (const call of [() => trail.start(), () => trail.record(${JSON.stringify(access())})])
      await call().catch(({ code, message }) => console.log(code, message));`;
  const stdout = await onSmallDisk(small, 'size=1m,ro', ['--input-type=module', '-e', program, small]);
  expect(stdout.match(/^SPOOL_WRITE .*not writable \(EROFS\)/gm)).toHaveLength(2);
});
