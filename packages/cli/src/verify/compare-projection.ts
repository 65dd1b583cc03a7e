// SPDX-License-Identifier: Apache-2.0
// One segment against its rows in ClickHouse: a witness outside the object store.
import type { Segment } from '@ashiato/ledger';
import { compareSegment, type Warehouse } from '@ashiato/warehouse';
import type { Fault } from './fault.ts';

export async function compareProjection(warehouse: Warehouse, segment: Segment): Promise<Fault[]> {
  const fault = (place: string, text: string): Fault => ({ kind: 'projection', place, fault: text });
  const projected = await projectedSha256(warehouse, segment);
  const { mismatch, missing, surplus } = await compareSegment(warehouse, segment);
  if (projected !== segment.sha256) {
    // Then the rows are the witness and the segment the suspect: to rebuild would make them agree, and wrong.
    const first = mismatch
      ? `; the first record that differs from its row: ${mismatch.id}, ${mismatch.column}`
      : '';
    const was = `was projected when its bytes had SHA-256 ${projected ?? '(none)'}, now they have ${segment.sha256}${first}`;
    return [fault(segment.key, was)];
  }
  const mends = '"ashiato rebuild" mends it';
  return [
    ...(mismatch ? [fault(mismatch.id, `column ${mismatch.column} differs from the segment; ${mends}`)] : []),
    ...missing.map(id => fault(id, `has no row; ${mends}`)),
    ...surplus.map(id => fault(id, `has a row that no segment holds; ${mends}`)),
  ];
}

/** What the segment's bytes were when they were projected. */
async function projectedSha256(warehouse: Warehouse, { header, key }: Segment): Promise<string | undefined> {
  const result = await warehouse.client.query({
    query: `SELECT sha256 FROM segments FINAL
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND key = {key:String}`,
    query_params: { stream: header.stream, partition: header.partition, key },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ sha256: string }>();
  return rows[0]?.sha256;
}
