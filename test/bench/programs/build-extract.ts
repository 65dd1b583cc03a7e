// SPDX-License-Identifier: Apache-2.0
// Builds one extract of everything, or of one person, and says how long it took and how much memory.
import { buildVerifyPage, createExtract } from '@ashiato/extract';
import { createLedger } from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';

const [dir = '.', out = 'extract.zip', subject] = process.argv.slice(2);
const objects = openObjectStore(`file:${dir}/objects`, {});
const log = createLog({ objects });
const page = await buildVerifyPage();
const policy = `log ${await log.vkey()}\nquorum none\n`;
const deps = {
  objects,
  ledger: createLedger({ objects }),
  page,
  log: { policy, checkpoint: (await log.newestCheckpoint())!.note },
};
const began = performance.now();
const filter = subject === undefined ? {} : { filter: { subject: [subject] } };
const { counts } = await createExtract(
  { kind: 'records', from: '2026-01-01T00:00:00Z', ...filter },
  out,
  deps,
);
const seconds = (performance.now() - began) / 1000;
await objects.close();
process.stdout.write(
  JSON.stringify({ seconds, records: counts.shown, peakBytes: process.resourceUsage().maxRSS * 1024 }),
);
