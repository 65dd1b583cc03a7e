// SPDX-License-Identifier: Apache-2.0
// Where projection goes on: asked from ClickHouse itself, never remembered elsewhere.
import type { ClickHouseClient } from '@clickhouse/client';
import { asWarehouseError } from './errors.ts';

/** The first hole in the chain of one partition, in one pass: a row that does not follow the one before. */
const FIRST_HOLE = `SELECT min(expected) AS next FROM (
  SELECT from, lagInFrame(to + 1, 1, {start:UInt64}) OVER (ORDER BY from ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS expected
  FROM segments FINAL WHERE stream = {stream:String} AND partition = {partition:UInt32} AND from >= {start:UInt64}
) WHERE from != expected`;

const SUMMARY = `SELECT count() AS segments, min(from) AS first, max(to) AS last, sum(to - from + 1) AS offsets
FROM segments FINAL WHERE stream = {stream:String} AND partition = {partition:UInt32} AND from >= {start:UInt64}`;

/** Offset at which the next segment begins that ClickHouse does not hold; `start` of the chain when it holds none. */
export async function nextOffset(
  client: ClickHouseClient,
  stream: string,
  partition: number,
  start: number,
): Promise<number> {
  const read = async (query: string): Promise<Record<string, number>> => {
    const result = await client.query({
      query,
      query_params: { stream, partition, start },
      format: 'JSONEachRow',
    });
    const rows = await result.json<Record<string, number>>();
    return rows[0] ?? {};
  };
  try {
    const { segments, first, last, offsets } = await read(SUMMARY);
    if (Number(segments) === 0) return start;
    if (Number(first) === start && Number(offsets) === Number(last) + 1 - start) return Number(last) + 1;
    return Number((await read(FIRST_HOLE)).next);
  } catch (error) {
    throw asWarehouseError(error, 'read frontier');
  }
}
