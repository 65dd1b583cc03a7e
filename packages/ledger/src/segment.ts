// SPDX-License-Identifier: Apache-2.0
// One committed segment as read back: the immutable object that holds one contiguous offset range of one
// partition. Its uncompressed bytes are lines: the header, then one audit record per line (DESIGN 6).
import {
  type AuditLine,
  auditLine,
  SEGMENT_FORMAT,
  type SegmentHeader,
  segmentHeader,
} from '@ashiato/schema';
import { LedgerError } from './errors.ts';

export interface Segment {
  key: string;
  header: SegmentHeader;
  /** Uncompressed bytes, every line ends with LF. */
  raw: Buffer;
  /** SHA-256 of `raw`, hex: what the next segment names as `previous`. */
  sha256: string;
  /** SHA-256 of the stored object (compressed), hex. */
  stored_sha256: string;
  version_id: string | null;
}

/** Key of the segment that begins at offset `from`; the next one begins at this one's `to` + 1, always. */
export function segmentKey(stream: string, partition: number, from: number): string {
  return `segments/${stream}/${String(partition).padStart(5, '0')}/${String(from).padStart(20, '0')}.jsonl.zst`;
}

/** Parses line 0; throws LedgerError SEGMENT_FORMAT for a format this reader does not know. */
export function readHeader(key: string, line: string): SegmentHeader {
  const value: unknown = parseLine(key, 0, line);
  const format = (value as { format?: unknown } | null)?.format;
  if (format !== SEGMENT_FORMAT) {
    throw new LedgerError(
      'SEGMENT_FORMAT',
      `${key}: format ${JSON.stringify(format)}, this reader knows ${SEGMENT_FORMAT}`,
    );
  }
  const header = segmentHeader.safeParse(value);
  if (!header.success) throw new LedgerError('SEGMENT_SHAPE', `${key}: header is not as its format says`);
  return header.data;
}

/** The record lines in order, as text. */
export function* recordLines(segment: Segment): Generator<string> {
  let start = segment.raw.indexOf(10) + 1;
  while (start < segment.raw.length) {
    const end = segment.raw.indexOf(10, start);
    if (end < 0) throw new LedgerError('SEGMENT_SHAPE', `${segment.key}: the last line does not end`);
    yield segment.raw.toString('utf8', start, end);
    start = end + 1;
  }
}

/** The record lines in order, parsed. The lines are our own, so their shape is checked only by `checkLine`. */
export function* records(segment: Segment): Generator<AuditLine> {
  let line = 0;
  for (const text of recordLines(segment)) yield parseLine(segment.key, ++line, text) as AuditLine;
}

/** Checks one parsed line against the published schema; the outcome names what does not fit. */
export function checkLine(value: unknown): string | undefined {
  const parsed = auditLine.safeParse(value);
  return parsed.success ? undefined : (parsed.error.issues[0]?.message ?? 'not an audit record');
}

/** Line `line` of a segment as JSON; throws LedgerError SEGMENT_SHAPE for one that is none. */
export function parseLine(key: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LedgerError('SEGMENT_SHAPE', `${key}: line ${line} is no JSON`, { cause });
  }
}
