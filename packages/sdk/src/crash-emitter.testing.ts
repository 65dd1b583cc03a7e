// SPDX-License-Identifier: Apache-2.0
// A process that records under load until it is killed, and says on standard output what record() promised.
// `record` delivers meanwhile; `away` has a destination that takes nothing; `drain` delivers what is left, and ends.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openFileQueue } from '@ashiato/queue';
import { openTarget } from './delivered.testing.ts';
import { TrailError } from './errors.ts';
import { access } from './sample-access.testing.ts';
import { createTrail } from './trail.ts';

const [dir, mode] = process.argv.slice(2);
// Without its topic a queue refuses every delivery.
const queue = mode === 'away' ? openFileQueue(join(dir!, 'nowhere')) : await openTarget(join(dir!, 'queue'));
// Small, so that files of the spool are finished and removed while we record.
const maxSpoolBytes = mode === 'record' ? 1 << 20 : 1 << 30;
const spool = { spoolDir: join(dir!, 'spool'), maxSpoolBytes };
const seals = { sealKeyFile: join(dir!, 'seal.pem'), sealInterval: 1 };
const trail = createTrail({ source: '/test/emitter', queue, ...spool, ...seals });
await trail.start();

if (mode === 'drain') {
  const { spooled } = await trail.close({ deadlineMs: 30_000 });
  await queue.close();
  process.exitCode = spooled === 0 ? 0 : 1;
} else {
  await Promise.all(Array.from({ length: 40 }, recordWithoutEnd));
}

async function recordWithoutEnd(): Promise<never> {
  for (;;) {
    const recorded = await trail.record(access()).catch(refusedForSize);
    if (recorded) writeSync(1, `${recorded.epoch} ${recorded.sequence} ${recorded.id}\n`);
    else await new Promise(setImmediate);
  }
}

/** Back-pressure is part of the load; anything else ends this process, and the test with it. */
function refusedForSize(cause: unknown): undefined {
  if (!(cause instanceof TrailError) || cause.code !== 'SPOOL_FULL') throw cause;
}
