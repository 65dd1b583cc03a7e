// SPDX-License-Identifier: Apache-2.0
// Proves single records up to the checkpoint, warm: segment hashed and tiles read by an earlier question.
import { createLedger, createRecordProver } from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { parseCheckpoint, parseNote } from '@ashiato/tlog/note';
import { formatTlogProof } from '@ashiato/tlog/proof';
import { createTileReader } from '@ashiato/tlog/tiles';

const [dir = '.'] = process.argv.slice(2);
const objects = openObjectStore(`file:${dir}/objects`, {});
const log = createLog({ objects });
const { note } = (await log.newestCheckpoint())!;
const parsed = parseNote(note);
if (parsed instanceof Error) throw parsed;
const head = parseCheckpoint(parsed.text);
if (head instanceof Error) throw head;
const reader = createTileReader(log.tiles, head);
const segment = (await createLedger({ objects }).read('access', 0, 0))!;
const prover = createRecordProver(segment);
const index = (await log.indexOf('access', 0, 0))!;
const runs = 200;
const prove = async (offset: number) => {
  let leaf = '';
  for await (const bytes of reader.entries(index, index + 1)) leaf = Buffer.from(bytes).toString();
  const proof = prover.prove(offset, { leaf, named: false });
  if (!proof) throw new Error(`no record ${offset}`);
  return formatTlogProof({ index, hashes: await reader.inclusionProof(index), checkpoint: note });
};
await prove(0);
const began = performance.now();
for (let i = 0; i < runs; i++) await prove((i * 7919) % segment.header.records);
const millis = (performance.now() - began) / runs;
await objects.close();
process.stdout.write(JSON.stringify({ millis, runs }));
