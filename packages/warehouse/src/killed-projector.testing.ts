// SPDX-License-Identifier: Apache-2.0
// A process of its own for the crash test: inserts a segment's records, says so, and never inserts its row.
import { readFileSync } from 'node:fs';
import type { Segment } from '@ashiato/ledger';
import { insertSegment, readySegment } from './insert-segment.ts';
import { openWarehouse } from './open-warehouse.ts';

const told = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as {
  url: string;
  password: string;
  database: string;
  segment: Omit<Segment, 'raw'> & { raw: string };
};
const { client } = openWarehouse(told);
const segment: Segment = { ...told.segment, raw: Buffer.from(told.segment.raw, 'base64') };
client.insert = () => {
  process.stdout.write('records inserted\n');
  return new Promise(() => setInterval(() => undefined, 60_000));
};
await insertSegment(client, await readySegment(segment), { mayBeThere: false });
