// SPDX-License-Identifier: Apache-2.0
// Makes the log of a trail for other implementations to judge (test/vectors/judges): segments, logged in several rounds.
// Argument: a folder for it, in which the newest checkpoint is put where tlog-tiles has it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { createSigner } from '@ashiato/tlog/note';
import { commitSegments, notaryOn } from '../notary.testing.ts';

const [dir = ''] = process.argv.slice(2);
const signer = createSigner('log.example/judged', new Uint8Array(32).fill(1));
const objects = openObjectStore(`file:${dir}`, {});
for (const segments of [1, 99, 160]) {
  await commitSegments(objects, segments % 2, segments);
  await notaryOn(objects, { signer }).round();
}
writeFileSync(join(dir, 'checkpoint'), (await createLog({ objects }).newestCheckpoint())!.note);
await objects.close();
