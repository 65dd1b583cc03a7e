// SPDX-License-Identifier: Apache-2.0
// One segment into ClickHouse: its records, then its row in `segments`. Both inserts carry the segment's key as
// token, so either may be repeated, by us or by another projector, without a row standing twice.
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Segment } from '@ashiato/ledger';
import type { ClickHouseClient } from '@clickhouse/client';
import { asWarehouseError, WarehouseError } from './errors.ts';
import { createNativeBlock } from './native-block.ts';
import { RECORD_COLUMNS } from './record-columns.ts';
import { rowsFromSegment, type TrailRow } from './rows-from-segment.ts';

const INSERT_RECORDS = `INSERT INTO records (${RECORD_COLUMNS.map(({ name }) => name).join(', ')}) FORMAT Native`;
const ROWS_A_TURN = 1_000;

/** What one pass over the records finds out for the segment's row. */
interface Tally {
  records: number;
  conforming: number;
  undetermined: number;
  violation: number;
  unreadable: number;
  redeliveries: number;
  first_appended: number;
  last_appended: number;
  policies: Set<string>;
}

/**
 * Inserts a segment whose rows may be there already, in part or in whole. Durable in ClickHouse on return.
 * `mayBeThere` = an attempt before us may have ended half way; what is there is then counted first, because
 * tokens are remembered for the last 10,000 inserts only.
 */
export async function insertSegment(
  client: ClickHouseClient,
  segment: Segment,
  { mayBeThere }: { mayBeThere: boolean },
): Promise<void> {
  const tally = emptyTally();
  const block = await encodeSegment(segment, tally);
  const held = mayBeThere ? await heldRows(client, segment, tally) : 0;
  if (held < tally.records) await insertRecords(client, segment.key, block);
  // If we stop here, the rows stand and the segment's row does not: the next run counts them and goes on.
  if (held > 0 && held !== tally.records) await checkWhole(client, segment, tally);
  await insertSegmentRow(client, segment, tally);
}

/** Encodes in turns of a few milliseconds each, so that a server in this process goes on answering. */
async function encodeSegment(segment: Segment, tally: Tally): Promise<Buffer> {
  const { key, header } = segment;
  const block = createNativeBlock(RECORD_COLUMNS, header.records);
  for (const row of rowsFromSegment(segment)) {
    block.append(row);
    count(row, tally);
    if (tally.records % ROWS_A_TURN === 0) await nextTurn();
  }
  if (tally.records !== header.records) {
    const message = `${key}: holds ${tally.records} records, its header says ${header.records}`;
    throw new WarehouseError('SHAPE', message);
  }
  return block.finish();
}

function emptyTally(): Tally {
  return {
    records: 0,
    conforming: 0,
    undetermined: 0,
    violation: 0,
    unreadable: 0,
    redeliveries: 0,
    first_appended: Number.MAX_SAFE_INTEGER,
    last_appended: 0,
    policies: new Set(),
  };
}

function count({ appended_at, unreadable, judgement }: TrailRow, tally: Tally): void {
  const { verdict, delivery } = judgement;
  tally.records++;
  if (verdict) tally[verdict.outcome]++;
  if (verdict?.policy) tally.policies.add(verdict.policy.sha256);
  if (unreadable !== '') tally.unreadable++;
  if (delivery?.kind === 'redelivery') tally.redeliveries++;
  if (appended_at < tally.first_appended) tally.first_appended = appended_at;
  if (appended_at > tally.last_appended) tally.last_appended = appended_at;
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

async function insertSegmentRow(client: ClickHouseClient, segment: Segment, tally: Tally): Promise<void> {
  const { key, header, sha256, stored_sha256, raw } = segment;
  const row = {
    stream: header.stream,
    partition: header.partition,
    from: header.from,
    to: header.to,
    key,
    sha256,
    stored_sha256,
    previous: header.previous ?? '',
    bytes: raw.length,
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
async function heldRows(client: ClickHouseClient, segment: Segment, tally: Tally): Promise<number> {
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
async function checkWhole(client: ClickHouseClient, segment: Segment, tally: Tally): Promise<void> {
  const held = await heldRows(client, segment, tally);
  if (held === tally.records) return;
  throw new WarehouseError(
    'ROWS_DIFFER',
    `${segment.key}: expected ${tally.records} rows, found ${held}; run a rebuild`,
  );
}
