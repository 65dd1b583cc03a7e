// SPDX-License-Identifier: Apache-2.0
// Does ClickHouse hold exactly what the segments say? For `verify`: every column of every row.
import type { Segment } from '@ashiato/ledger';
import { formatRecordId } from '@ashiato/schema';
import { asWarehouseError, WarehouseError } from './errors.ts';
import type { Column } from './native-block.ts';
import type { Warehouse } from './open-warehouse.ts';
import { RECORD_COLUMNS } from './record-columns.ts';
import { rowsFromSegment, type TrailRow } from './rows-from-segment.ts';

export interface Comparison {
  /** The first value that differs: which record, which column; null when none does. Values are left out. */
  mismatch: { id: string; column: string } | null;
  /** Ids of records without a row, the first 100. */
  missing: string[];
  /** Ids of rows without a record, or standing twice, the first 100. */
  surplus: string[];
}

const FIRST = 100;
const DIGEST = 'event_digest';

/** Compares one segment's rows with the segment itself. Equal = no mismatch, nothing missing, no surplus. */
export async function compareSegment(warehouse: Warehouse, segment: Segment): Promise<Comparison> {
  const { stream, partition } = segment.header;
  const held = await heldRows(warehouse, segment);
  const comparison: Comparison = { mismatch: null, missing: [], surplus: [] };
  let at = 0;
  const idAt = (offset: number): string => formatRecordId(stream, partition, offset);
  for (const row of rowsFromSegment(segment)) {
    const { offset } = row;
    for (; at < held.length && offsetOf(held[at]!) < offset; at++)
      note(comparison.surplus, idAt(offsetOf(held[at]!)));
    const values = held[at];
    if (!values || offsetOf(values) !== offset) {
      note(comparison.missing, idAt(offset));
      continue;
    }
    at++;
    const column = comparison.mismatch ? undefined : differing(row, values);
    if (column !== undefined) comparison.mismatch = { id: idAt(offset), column };
  }
  for (; at < held.length; at++) note(comparison.surplus, idAt(offsetOf(held[at]!)));
  return comparison;
}

/** Places that hold rows of segments which `segments` does not name: leftovers, or rows nobody committed. */
export async function strayRows(
  warehouse: Warehouse,
): Promise<{ stream: string; partition: number; segment_from: number; rows: number }[]> {
  try {
    const result = await warehouse.client.query({
      query: `SELECT stream, partition, segment_from, count() AS rows FROM records
WHERE (stream, partition, segment_from) NOT IN (SELECT stream, partition, from FROM segments FINAL)
GROUP BY stream, partition, segment_from ORDER BY stream, partition, segment_from LIMIT 1000`,
      format: 'JSONEachRow',
    });
    return await result.json();
  } catch (error) {
    throw asWarehouseError(error, 'find stray rows');
  }
}

type Held = unknown[];
const OFFSET = RECORD_COLUMNS.findIndex(({ name }) => name === 'offset');
const offsetOf = (values: Held): number => values[OFFSET] as number;

function note(ids: string[], id: string): void {
  if (ids.length < FIRST) ids.push(id);
}

/** The rows of the segment's whole offset range, wherever they say they come from. */
async function heldRows(warehouse: Warehouse, segment: Segment): Promise<Held[]> {
  const { stream, partition, from, to } = segment.header;
  try {
    const result = await warehouse.client.query({
      query: `SELECT ${RECORD_COLUMNS.map(comparable).join(', ')} FROM records
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND offset BETWEEN {from:UInt64} AND {to:UInt64}
ORDER BY offset`,
      query_params: { stream, partition, from, to },
      format: 'JSONCompactEachRow',
    });
    const rows: Held[] = [];
    for await (const batch of result.stream<Held>()) for (const row of batch) rows.push(row.json());
    return rows;
  } catch (error) {
    throw asWarehouseError(error, 'read rows back');
  }
}

/** Each column as JSON can carry it without loss. */
function comparable({ name, type }: Column<TrailRow>): string {
  switch (type) {
    case "DateTime64(3, 'UTC')":
      return `toUnixTimestamp64Milli(${name})`;
    case "DateTime64(6, 'UTC')":
      return `toUnixTimestamp64Micro(${name})`;
    case 'FixedString(16)':
      return `lower(hex(${name}))`;
    default:
      return name;
  }
}

function differing(row: TrailRow, values: Held): string | undefined {
  if (values.length !== RECORD_COLUMNS.length) {
    throw new WarehouseError('SHAPE', `expected ${RECORD_COLUMNS.length} columns, got ${values.length}`);
  }
  return RECORD_COLUMNS.find((column, i) => !same(expected(column, row), values[i]))?.name;
}

function expected(column: Column<TrailRow>, row: TrailRow): unknown {
  const value = column.value(row);
  return column.name === DIGEST ? Buffer.from(value as string, 'latin1').toString('hex') : value;
}

function same(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((element, i) => element === other[i]);
}
