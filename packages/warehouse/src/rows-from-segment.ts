// SPDX-License-Identifier: Apache-2.0
// Segment -> rows: the one path of live projection, rebuild and comparison. What a column holds follows from
// the committed line alone, so a rebuild gives the same content at any later time.
import { hash } from 'node:crypto';
import { digestOf, type Segment } from '@ashiato/ledger';
import type { AuditLine, CommittedVerdict, EventLine, ParsedEvent, SegmentHeader } from '@ashiato/schema';
import { WarehouseError } from './errors.ts';

/** One committed record with what its columns are read from. */
export interface TrailRow {
  header: SegmentHeader;
  line: EventLine;
  /** Why the bytes are no event; empty for events. */
  unreadable: string;
  event: ParsedEvent;
  data: Record<string, unknown>;
  verdict: CommittedVerdict | null;
  /** SHA-256 of the event's bytes cut to 16 bytes, a character each; zeros for unreadable records. */
  digest: string;
}

const DIGEST_CHARACTERS = 16;
const NO_DIGEST = '\0'.repeat(DIGEST_CHARACTERS);
const NO_EVENT: ParsedEvent = { specversion: '', id: '', source: '', type: '' };
const NO_DATA: Record<string, unknown> = {};
const EVENT_MEMBER = Buffer.from(',"event":');

/** The records of a segment in order. Throws WarehouseError SHAPE for lines that no ledger writes. */
export function* rowsFromSegment(segment: Segment): Generator<TrailRow> {
  const { raw, header, key } = segment;
  for (let start = raw.indexOf(10) + 1; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    if (end < 0) throw new WarehouseError('SHAPE', `${key}: the last line does not end`);
    yield rowFromLine(header, raw, start, end);
    start = end + 1;
  }
}

function rowFromLine(header: SegmentHeader, raw: Buffer, start: number, end: number): TrailRow {
  const line = JSON.parse(raw.toString('utf8', start, end)) as AuditLine;
  if ('unreadable' in line)
    return unreadableRow(header, line.offset, line.appended_at, line.unreadable.problem);
  if (line.event_b64 !== undefined) return eventRow(header, line, Buffer.from(line.event_b64, 'base64'));
  const at = raw.indexOf(EVENT_MEMBER, start);
  if (at < 0 || at >= end)
    throw new WarehouseError('SHAPE', `offset ${line.offset}: the line holds no event`);
  return eventRow(header, line, raw.subarray(at + EVENT_MEMBER.length, end - 1));
}

function eventRow(header: SegmentHeader, line: EventLine, bytes: Buffer): TrailRow {
  const event = (line.event ?? JSON.parse(bytes.toString('utf8'))) as ParsedEvent;
  return {
    header,
    line,
    unreadable: '',
    event,
    data: memberObject(event.data),
    verdict: line.verdict,
    digest: line.encrypted ? digestWithout(line.encrypted, bytes) : shortDigest(bytes),
  };
}

function unreadableRow(
  header: SegmentHeader,
  offset: number,
  appended_at: number,
  problem: string,
): TrailRow {
  const line: EventLine = { offset, appended_at, salt: null, verdict: null };
  return {
    header,
    line,
    unreadable: problem,
    event: NO_EVENT,
    data: NO_DATA,
    verdict: null,
    digest: NO_DIGEST,
  };
}

const shortDigest = (bytes: Buffer): string => hash('sha256', bytes, 'binary').slice(0, DIGEST_CHARACTERS);

/** Commitments differ from delivery to delivery, so encrypted members count as null, as the recorder has it. */
function digestWithout(encrypted: readonly { member: string }[], bytes: Buffer): string {
  const members = new Set(encrypted.map(({ member }) => member));
  const digest = Buffer.from(digestOf(bytes.toString('latin1'), members), 'base64');
  return digest.toString('latin1', 0, DIGEST_CHARACTERS);
}

/** The value as an object; an empty one for anything else, since malformed members stand there as texts. */
export function memberObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : NO_DATA;
}
