// SPDX-License-Identifier: Apache-2.0
// Segment -> rows: the one path of live projection, rebuild and comparison. What a column holds follows from
// the committed line alone, so a rebuild gives the same content at any later time.
import { hash } from 'node:crypto';
import { digestOf, type Segment } from '@ashiato/ledger';
import type { AuditLine, ParsedEvent, SegmentHeader } from '@ashiato/schema';
import { WarehouseError } from './errors.ts';
import { createReadHead, judgementOf, type LineJudgement, type ReadHead } from './line-head.ts';

/** Where a segment stands: the part of its header that its rows hold. */
export type RowPlace = Pick<SegmentHeader, 'stream' | 'partition' | 'from'>;

/** One committed record with what its columns are read from. */
export interface TrailRow {
  header: RowPlace;
  offset: number;
  /** The broker's clock, milliseconds since 1970. */
  appended_at: number;
  /** Why the bytes are no event; empty for events. */
  unreadable: string;
  event: ParsedEvent;
  data: Record<string, unknown>;
  judgement: LineJudgement;
  /** SHA-256 of the event's bytes cut to 16 bytes, a character each; zeros for unreadable records. */
  digest: string;
}

export const DIGEST_CHARACTERS = 16;
export const NO_DIGEST = '\0'.repeat(DIGEST_CHARACTERS);
export const NO_EVENT: ParsedEvent = { specversion: '', id: '', source: '', type: '' };
export const NO_DATA: Record<string, unknown> = {};
// No quote stands bare inside a JSON string, so the first of these in a line is the member's name.
const EVENT_MEMBER = Buffer.from(',"event":');

/** The records of a segment in order. Throws WarehouseError SHAPE for lines that no ledger writes. */
export function* rowsFromSegment(segment: Segment): Generator<TrailRow> {
  const { raw, header, key } = segment;
  const readHead = createReadHead(header);
  for (let start = raw.indexOf(10) + 1; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    if (end < 0) throw new WarehouseError('SHAPE', `${key}: the last line does not end`);
    yield rowFromLine(header, raw.subarray(start, end), readHead);
    start = end + 1;
  }
}

function rowFromLine(header: SegmentHeader, line: Buffer, readHead: ReadHead): TrailRow {
  const at = line.indexOf(EVENT_MEMBER);
  if (at < 0) return rareRow(header, line);
  const bytes = line.subarray(at + EVENT_MEMBER.length, -1);
  const { offset, appended_at, judgement } = readHead(line.toString('utf8', 0, at));
  return eventRow(header, offset, appended_at, judgement, bytes);
}

/** Lines without a plain event: unreadable bytes, or an event whose bytes hold a line break. */
function rareRow(header: SegmentHeader, bytes: Buffer): TrailRow {
  const line = JSON.parse(bytes.toString('utf8')) as AuditLine;
  const { offset, appended_at } = line;
  if ('unreadable' in line) {
    const judgement = judgementOf({ verdict: null }, header);
    const nothing = { event: NO_EVENT, data: NO_DATA, digest: NO_DIGEST };
    return { header, offset, appended_at, unreadable: line.unreadable.problem, judgement, ...nothing };
  }
  if (line.event_b64 === undefined) {
    throw new WarehouseError('SHAPE', `offset ${offset}: the line holds no event`);
  }
  const event = Buffer.from(line.event_b64, 'base64');
  return eventRow(header, offset, appended_at, judgementOf(line, header), event);
}

function eventRow(
  header: SegmentHeader,
  offset: number,
  appended_at: number,
  judgement: LineJudgement,
  bytes: Buffer,
): TrailRow {
  const event = JSON.parse(bytes.toString('utf8')) as ParsedEvent;
  const data = memberObject(event.data);
  const digest =
    judgement.encrypted.length > 0 ? digestWithout(judgement.encrypted, bytes) : shortDigest(bytes);
  return { header, offset, appended_at, unreadable: '', event, data, judgement, digest };
}

const shortDigest = (bytes: Buffer): string => hash('sha256', bytes, 'binary').slice(0, DIGEST_CHARACTERS);

/** Commitments differ from delivery to delivery, so encrypted members count as null, as the recorder has it. */
function digestWithout(encrypted: readonly { member: string }[], bytes: Buffer): string {
  const members = new Set(encrypted.map(({ member }) => member));
  return digestOf(bytes.toString('latin1'), members).slice(0, DIGEST_CHARACTERS);
}

/** The value as an object; an empty one for anything else, since malformed members stand there as texts. */
export function memberObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : NO_DATA;
}
