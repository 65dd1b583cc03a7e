// SPDX-License-Identifier: Apache-2.0
// Verifies one extract, and says how long it took and how much memory.
import { openFileSource } from '@ashiato/extract';
import { verifyExtract } from '@ashiato/extract/verify';

const [file = '', logKey = ''] = process.argv.slice(2);
const source = await openFileSource(file);
const began = performance.now();
const { ok, faults, manifest } = await verifyExtract(source, { logKey });
const seconds = (performance.now() - began) / 1000;
await source.close();
if (!ok) throw new Error(JSON.stringify(faults[0]));
process.stdout.write(
  JSON.stringify({
    seconds,
    records: manifest!.counts.shown,
    fileBytes: source.size,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
