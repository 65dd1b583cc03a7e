// SPDX-License-Identifier: Apache-2.0
import { parseRecordId } from '@ashiato/schema';
import type { RunQuery } from '../run-query.ts';
import { RECORD_SELECT, recordRow, type StoredRecord } from './stored-record.ts';

/** The record of this id; `undefined` when none is projected, or the text is no id. */
export async function record(run: RunQuery, id: string): Promise<StoredRecord | undefined> {
  const place = parseRecordId(id);
  if (!place) return undefined;
  const sql = `SELECT ${RECORD_SELECT} FROM records
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND offset = {offset:UInt64} LIMIT 1`;
  const [found] = await run({ name: 'record', sql, params: place, row: recordRow });
  return found;
}
