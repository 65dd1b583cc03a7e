// SPDX-License-Identifier: Apache-2.0
// Lines and leaves of a segment, built in one pass from the bytes as received (DESIGN 6).
// Leaf 0 = SHA-256(0x00 || header line). Leaf i = SHA-256(0x00 || public line i || SHA-256(salt || who)), where
// the public line is the line with the salt and the values of actor, on_behalf_of and site replaced by null.
import { hash, randomFillSync } from 'node:crypto';
import { type SegmentHeader, whoSpans } from '@ashiato/schema';
import { HASH_BYTES, leafHash, rootOf } from '@ashiato/tlog';
import { LedgerError } from './errors.ts';
import type { EventDraft, RecordDraft, UnreadableDraft } from './record-draft.ts';

export const SALT_BYTES = 16;
const NULL_SALT = 'null';

export interface BuiltSegment {
  /** Uncompressed bytes: the header line and one line per record, each ended by LF. */
  raw: Buffer;
  sha256: string;
  /** RFC 6962 root over header and record leaves, hex. */
  root: string;
}

/** Builds the bytes and the Merkle root. CPU only: nothing is durable on return. */
export function buildSegment(header: SegmentHeader, records: readonly RecordDraft[]): BuiltSegment {
  const headerLine = Buffer.from(`${JSON.stringify(header)}\n`);
  const raw = Buffer.allocUnsafe(headerLine.length + records.reduce((sum, r) => sum + longestLine(r), 0));
  headerLine.copy(raw);
  const leaves = Buffer.allocUnsafe((records.length + 1) * HASH_BYTES);
  leafHash(headerLine.subarray(0, -1)).copy(leaves);
  const salts = randomFillSync(Buffer.allocUnsafe(records.length * SALT_BYTES)).toString('hex');
  const hasher = createLeafHasher();
  let end = headerLine.length;
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    const salt = salts.slice(i * 2 * SALT_BYTES, (i + 1) * 2 * SALT_BYTES);
    const at = (i + 1) * HASH_BYTES;
    const line = record.kind === 'event' ? eventLine(record, salt) : unreadableLine(record);
    end += raw.write(`${line}\n`, end, 'latin1');
    if (record.kind === 'event') {
      hasher.into(leaves, at, eventLineWithout(record), salt, whoOf(record.text, record.who));
    } else hasher.into(leaves, at, line, '', '');
  }
  const bytes = raw.subarray(0, end);
  return { raw: bytes, sha256: hash('sha256', bytes, 'hex'), root: rootOf(leaves).toString('hex') };
}

/** Recomputes the root from stored bytes: what verification compares. */
export function rootOfStored(raw: Buffer): string {
  const leaves: Buffer[] = [];
  const hasher = createLeafHasher();
  for (let start = 0; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    if (end < 0) throw new LedgerError('SEGMENT_SHAPE', 'the last line does not end');
    if (start === 0) leaves.push(leafHash(raw.subarray(0, end)));
    else leaves.push(storedLeaf(raw.toString('latin1', start, end), hasher));
    start = end + 1;
  }
  return rootOf(Buffer.concat(leaves)).toString('hex');
}

const EVENT_LINE = /^(\{"offset":\d+,"appended_at":\d+,"salt":)"([0-9a-f]{32})"/;

/** Leaf hash of one stored record line. */
export function storedLeaf(line: string, hasher: LeafHasher = createLeafHasher()): Buffer {
  const leaf = Buffer.allocUnsafe(HASH_BYTES);
  const found = EVENT_LINE.exec(line);
  if (!found) {
    hasher.into(leaf, 0, line, '', '');
    return leaf;
  }
  const { text, start, end, encoded } = storedEvent(line);
  const who = whoSpans(text);
  const hidden = hideWho(text, who);
  const event = encoded ? Buffer.from(hidden, 'latin1').toString('base64') : hidden;
  const publicLine = found[1]! + NULL_SALT + line.slice(found[0].length, start) + event + line.slice(end);
  hasher.into(leaf, 0, publicLine, found[2]!, whoOf(text, who));
  return leaf;
}

/**
 * The event's bytes in a stored line (a binary string), and where they stand in it. No quote can stand bare
 * inside a JSON string, so the first `,"event":` is the member's name.
 */
export function storedEvent(line: string): { text: string; start: number; end: number; encoded: boolean } {
  const plain = line.indexOf(',"event":');
  if (plain >= 0) {
    const start = plain + 9;
    return { text: line.slice(start, -1), start, end: line.length - 1, encoded: false };
  }
  const start = line.indexOf(',"event_b64":"') + 14;
  if (start < 14) throw new LedgerError('SEGMENT_SHAPE', 'a record line holds no event');
  const end = line.length - 2;
  return {
    text: Buffer.from(line.slice(start, end), 'base64').toString('latin1'),
    start,
    end,
    encoded: true,
  };
}

function eventLine(record: EventDraft, salt: string): string {
  return linePrefix(record, `"${salt}"`) + eventMember(record.text);
}

function eventLineWithout(record: EventDraft): string {
  return linePrefix(record, NULL_SALT) + eventMember(hideWho(record.text, record.who), record.text);
}

function linePrefix(record: EventDraft, salt: string): string {
  let prefix = `{"offset":${record.offset},"appended_at":${record.appendedAt},"salt":${salt},"verdict":${record.verdict}`;
  if (record.delivery) prefix += `,"delivery":${JSON.stringify(record.delivery)}`;
  if (record.marks?.length) prefix += `,"marks":${JSON.stringify(record.marks)}`;
  if (record.encrypted?.length) prefix += `,"encrypted":${JSON.stringify(record.encrypted)}`;
  return prefix;
}

/** Bytes with a bare CR or LF would break the lines, so they go as base64; `original` decides for both forms. */
function eventMember(text: string, original = text): string {
  if (!original.includes('\n') && !original.includes('\r')) return `,"event":${text}}`;
  return `,"event_b64":"${Buffer.from(text, 'latin1').toString('base64')}"}`;
}

function unreadableLine(record: UnreadableDraft): string {
  const { offset, appendedAt, problem, bytes, encrypted } = record;
  return JSON.stringify({ offset, appended_at: appendedAt, unreadable: { problem, bytes }, encrypted });
}

/** The event's text with the three who values replaced by `null`. The spans stand in order of the text. */
function hideWho(text: string, who: readonly number[]): string {
  let hidden = '';
  let from = 0;
  for (const [start, end] of inTextOrder(who)) {
    hidden += `${text.slice(from, start)}null`;
    from = end;
  }
  return from === 0 ? text : hidden + text.slice(from);
}

function inTextOrder(who: readonly number[]): [number, number][] {
  const spans: [number, number][] = [];
  for (let i = 0; i < who.length; i += 2) if (who[i]! >= 0) spans.push([who[i]!, who[i + 1]!]);
  return spans.length > 1 ? spans.sort((a, b) => a[0] - b[0]) : spans;
}

/** The bytes of actor, on_behalf_of and site, joined by 0x00; an absent one is empty. */
export function whoOf(text: string, who: readonly number[]): string {
  const [a, b, c, d, e, f] = who as [number, number, number, number, number, number];
  return `${a < 0 ? '' : text.slice(a, b)}\0${c < 0 ? '' : text.slice(c, d)}\0${e < 0 ? '' : text.slice(e, f)}`;
}

/** An upper bound, so that the segment's buffer is allocated once; base64 needs 4/3. */
function longestLine(record: RecordDraft): number {
  if (record.kind === 'unreadable') return 400 + (record.encrypted?.ciphertext.length ?? 0);
  const encrypted = record.encrypted ? JSON.stringify(record.encrypted).length : 0;
  return Math.ceil(record.text.length * 1.34) + record.verdict.length + 400 + encrypted;
}

export interface LeafHasher {
  /** Writes SHA-256(0x00 || line || SHA-256(salt || who)) into `leaves` at `at`. */
  into(leaves: Buffer, at: number, line: string, salt: string, who: string): void;
}

/** Keeps one scratch buffer, so that hashing a line allocates no memory of its own. */
export function createLeafHasher(): LeafHasher {
  let scratch = Buffer.allocUnsafe(4096);
  return {
    into(leaves, at, line, salt, who) {
      const needed = 1 + line.length + HASH_BYTES + SALT_BYTES + who.length;
      if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed * 2);
      scratch[0] = 0;
      const lineEnd = 1 + scratch.write(line, 1, 'latin1');
      const saltEnd = lineEnd + scratch.write(salt, lineEnd, 'hex');
      const whoEnd = saltEnd + scratch.write(who, saltEnd, 'latin1');
      const digest = hash('sha256', scratch.subarray(lineEnd, whoEnd), 'binary');
      scratch.write(digest, lineEnd, 'latin1');
      leaves.write(hash('sha256', scratch.subarray(0, lineEnd + HASH_BYTES), 'binary'), at, 'latin1');
    },
  };
}
