// SPDX-License-Identifier: Apache-2.0
// One segment into ClickHouse: its records, then its row in `segments`. Both inserts carry the segment's key as
// token, so either may be repeated, by us or by another projector, without a row standing twice.
import { Readable } from 'node:stream';
import type { Segment } from '@ashiato/ledger';
import type { ClickHouseClient } from '@clickhouse/client';
import { asWarehouseError, WarehouseError } from './errors.ts';
import { RECORD_COLUMNS } from './record-columns.ts';
import { readSegmentRows, type SegmentRows, type Tally } from './segment-rows.ts';

const INSERT_RECORDS = `INSERT INTO records (${RECORD_COLUMNS.map(({ name }) => name).join(', ')}) FORMAT Native`;

/** A committed segment with its rows, ready for ClickHouse. */
export interface ReadySegment extends Pick<Segment, 'key' | 'header' | 'sha256' | 'stored_sha256'> {
  /** Uncompressed bytes of the segment. */
  bytes: number;
  rows: SegmentRows;
}

/** Makes the rows of a segment read back; rejects with WarehouseError SHAPE for lines that no ledger writes. */
export async function readySegment(segment: Segment): Promise<ReadySegment> {
  const { key, header, sha256, stored_sha256, raw } = segment;
  return { key, header, sha256, stored_sha256, bytes: raw.length, rows: await readSegmentRows(segment) };
}

/**
 * Inserts a segment whose rows may be there already, in part or in whole. Durable in ClickHouse on return.
 * `mayBeThere` = an attempt before us may have ended half way; what is there is then counted first, because
 * tokens are remembered for the last 10,000 inserts only.
 */
export async function insertSegment(
  client: ClickHouseClient,
  segment: ReadySegment,
  { mayBeThere }: { mayBeThere: boolean },
): Promise<void> {
  const { block, tally } = segment.rows;
  const held = mayBeThere ? await heldRows(client, segment, tally) : 0;
  if (held < tally.records) await insertRecords(client, segment.key, block);
  // If we stop here, the rows stand and the segment's row does not: the next run counts them and goes on.
  if (held > 0 && held !== tally.records) await checkWhole(client, segment, tally);
  await insertSegmentRow(client, segment, tally);
}

async function insertRecords(client: ClickHouseClient, token: string, block: Buffer): Promise<void> {
  try {
    const { stream } = await client.exec({
      query: INSERT_RECORDS,
      values: Readable.from([block], { objectMode: false }),
      clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: token },
    });
    for await (const _ of stream); // an insert answers nothing, but the socket is held until it is read
  } catch (error) {
    throw asWarehouseError(error, 'insert records');
  }
}

async function insertSegmentRow(
  client: ClickHouseClient,
  segment: ReadySegment,
  tally: Tally,
): Promise<void> {
  const { key, header, sha256, stored_sha256, bytes } = segment;
  const row = {
    stream: header.stream,
    partition: header.partition,
    from: header.from,
    to: header.to,
    key,
    sha256,
    stored_sha256,
    previous: header.previous ?? '',
    bytes,
    ...tally,
    policies: [...tally.policies].sort(),
    first_appended: new Date(tally.first_appended).toISOString(),
    last_appended: new Date(tally.last_appended).toISOString(),
  };
  try {
    await client.insert({
      table: 'segments',
      values: [row],
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: key },
    });
  } catch (error) {
    throw asWarehouseError(error, 'insert segment row');
  }
}

/** How many distinct records of the segment stand in the table. */
async function heldRows(client: ClickHouseClient, segment: ReadySegment, tally: Tally): Promise<number> {
  const { stream, partition, from } = segment.header;
  try {
    const result = await client.query({
      query: `SELECT count() AS held FROM records
WHERE appended_at BETWEEN fromUnixTimestamp64Milli({first:Int64}) AND fromUnixTimestamp64Milli({last:Int64})
  AND stream = {stream:String} AND partition = {partition:UInt32} AND segment_from = {from:UInt64}`,
      query_params: { stream, partition, from, first: tally.first_appended, last: tally.last_appended },
      format: 'JSONEachRow',
    });
    const [row] = await result.json<{ held: number }>();
    return Number(row!.held);
  } catch (error) {
    throw asWarehouseError(error, 'count held rows');
  }
}

/** A part of the rows was there: the token must have dropped exactly that part (a segment over a month's end). */
async function checkWhole(client: ClickHouseClient, segment: ReadySegment, tally: Tally): Promise<void> {
  const held = await heldRows(client, segment, tally);
  if (held === tally.records) return;
  throw new WarehouseError(
    'ROWS_DIFFER',
    `${segment.key}: expected ${tally.records} rows, found ${held}; run a rebuild`,
  );
}
