// SPDX-License-Identifier: Apache-2.0
// Run with a small file system as its second argument: records until the disk is full, makes room, goes on,
// and says on standard output what record() promised.
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileQueue } from '@ashiato/queue';
import { openTarget } from './delivered.testing.ts';
import { TrailError } from './errors.ts';
import { access } from './sample-access.testing.ts';
import { createTrail } from './trail.ts';

const [dir, small] = process.argv.slice(2);
const ballast = join(small!, 'ballast');
// No topic yet: nothing is delivered, so nothing leaves the spool.
const away = openFileQueue(join(dir!, 'queue'));
const trail = createTrail({ source: '/test/full', spoolDir: join(small!, 'spool'), queue: away });
await trail.start();
const { bavail, bsize } = await statfs(small!);
await writeFile(ballast, Buffer.alloc((bavail - 40) * bsize));

const refusals = [await recordUntilRefused(), await recordUntilRefused()];
await rm(ballast);
for (let i = 0; i < 50; i++) await promise();
await away.ensureTopics([{ topic: 'ashiato.access.v1', partitions: 1 }]);
const { spooled } = await trail.close({ deadlineMs: 30_000 });
await away.close();
await (await openTarget(join(dir!, 'queue'))).close();
process.stdout.write(`${JSON.stringify({ refusals, spooled })}\n`);

async function recordUntilRefused(): Promise<string> {
  for (;;) {
    try {
      await promise();
    } catch (cause) {
      return cause instanceof TrailError ? cause.code : String(cause);
    }
  }
}

/** Thirty at a time, so that one group is larger than what is left of the disk. */
async function promise(): Promise<void> {
  for (const result of await Promise.allSettled(Array.from({ length: 30 }, () => trail.record(access())))) {
    if (result.status === 'rejected') throw result.reason;
    const { epoch, sequence, id } = result.value;
    process.stdout.write(`${epoch} ${sequence} ${id}\n`);
  }
}
