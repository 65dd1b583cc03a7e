// SPDX-License-Identifier: Apache-2.0
// Records, newest first by the broker's clock, a page at a time.
import { streamName } from '@ashiato/schema';
import { z } from 'zod';
import { WarehouseError } from '../errors.ts';
import type { RunQuery } from '../run-query.ts';
import { filterConditions, recordFilters } from './record-filters.ts';
import { RECORD_SELECT, recordRow, type StoredRecord } from './stored-record.ts';

export const MAX_RECORDS = 1_000;

export const recordsParams = recordFilters.extend({
  limit: z.number().int().min(1).max(MAX_RECORDS).default(100),
  cursor: z.string().max(300).optional(),
});
export type RecordsParams = z.input<typeof recordsParams>;

const place = z.tuple([z.number().int(), streamName, z.number().int().min(0), z.number().int().min(0)]);
type Place = z.infer<typeof place>;

/**
 * A page, and the cursor of the next one (null on the last). A cursor is a place in the order of the table, so
 * rows that are added meanwhile neither shift a page nor repeat on it. Throws WarehouseError CURSOR.
 */
export async function records(
  run: RunQuery,
  params: RecordsParams,
): Promise<{ items: StoredRecord[]; next_cursor: string | null }> {
  const { limit, cursor, ...filters } = recordsParams.parse(params);
  const { conditions, params: values } = filterConditions(filters, 'verdict');
  if (cursor !== undefined) {
    const [appended, stream, partition, offset] = readCursor(cursor);
    Object.assign(values, {
      c_appended: appended,
      c_stream: stream,
      c_partition: partition,
      c_offset: offset,
    });
    const at = "fromUnixTimestamp64Milli({c_appended:Int64}, 'UTC')";
    conditions.push(
      `appended_at <= ${at}`, // prunes; the tuple below is exact
      `(appended_at, stream, partition, offset) < (${at}, {c_stream:String}, {c_partition:UInt32}, {c_offset:UInt64})`,
    );
  }
  const sql = `SELECT ${RECORD_SELECT} FROM records
${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
ORDER BY appended_at DESC, stream DESC, partition DESC, offset DESC LIMIT {limit:UInt32}`;
  const found = await run({ name: 'records', sql, params: { ...values, limit: limit + 1 }, row: recordRow });
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, next_cursor: last ? writeCursor(last) : null };
}

function writeCursor({ appended_at, stream, partition, offset }: StoredRecord): string {
  const last: Place = [Date.parse(appended_at), stream, partition, offset];
  return Buffer.from(JSON.stringify(last)).toString('base64url');
}

/** Untrusted: comes back from the client. */
function readCursor(cursor: string): Place {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    value = undefined; // no JSON: refused below like any other shape
  }
  const parsed = place.safeParse(value);
  if (!parsed.success) throw new WarehouseError('CURSOR', 'expected the next_cursor of an earlier answer');
  return parsed.data;
}
