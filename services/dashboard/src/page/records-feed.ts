// SPDX-License-Identifier: Apache-2.0
// The list of newest records: how pages that arrive join what the page already holds.
import type { RecordView } from '@ashiato/schema';

export interface RecordsPage {
  items: RecordView[];
  next_cursor: string | null;
}

/** Newest first. `cursor` leads to the records after the last one; `null` when there are none. */
export interface Feed {
  records: RecordView[];
  cursor: string | null;
}

/**
 * Puts a fresh first page before the records held. When the page does not reach them, more records came than
 * one page holds: the older ones are let go, so that the list never hides a gap, and "more" reads them again.
 */
export function joinNewest(held: Feed | undefined, page: RecordsPage): Feed {
  const fresh = { records: page.items, cursor: page.next_cursor };
  if (held === undefined || page.next_cursor === null) return fresh;
  const arrived = new Set(page.items.map(record => record.id));
  const overlap = held.records.findIndex(record => arrived.has(record.id));
  if (overlap === -1) return fresh;
  const lastArrived = page.items.at(-1)?.id;
  const reach = held.records.findIndex(record => record.id === lastArrived);
  if (reach === -1) return fresh;
  return { records: [...page.items, ...held.records.slice(reach + 1)], cursor: held.cursor };
}

/** Adds the page that follows the records held. */
export function joinOlder(held: Feed, page: RecordsPage): Feed {
  const known = new Set(held.records.map(record => record.id));
  const older = page.items.filter(record => !known.has(record.id));
  return { records: [...held.records, ...older], cursor: page.next_cursor };
}

export type RecordKind = 'access' | 'unreadable' | 'seal' | 'beacon' | 'context' | 'control';

/** What a record is, by its type (DESIGN 7); a stream may have any name. */
export function recordKind(record: Pick<RecordView, 'type' | 'unreadable'>): RecordKind {
  if (record.unreadable !== '') return 'unreadable';
  if (record.type.startsWith('io.ashiato.seal.')) return 'seal';
  if (record.type.startsWith('io.ashiato.beacon.')) return 'beacon';
  if (record.type.startsWith('io.ashiato.context.')) return 'context';
  if (record.type.startsWith('io.ashiato.control.')) return 'control';
  return 'access';
}

/** Seals and beacons arrive each interval even when nothing happens; the list leaves them out unless asked. */
export function isRoutine(record: RecordView): boolean {
  const kind = recordKind(record);
  return kind === 'seal' || kind === 'beacon';
}

/** Sample data says so by its source (a path under `/sample/`). */
export function isSample(record: Pick<RecordView, 'source'>): boolean {
  return record.source.startsWith('/sample/');
}
