// SPDX-License-Identifier: Apache-2.0
// A segment while it grows (DESIGN 6): each record's line and leaf are built once, from the bytes as received, and
// nothing else of the record is kept. The header knows what came, so it is written last, into room left in front.
import { hash, randomFillSync } from 'node:crypto';
import type { SegmentHeader } from '@ashiato/schema';
import { HASH_BYTES, leafHash, rootOf, toHex } from '@ashiato/tlog';
import { hashLeaf, hideWho, inTextOrder, NULL_SALT, SALT_BYTES, whoOf } from './leaf-hasher.ts';
import type { EventDraft, RecordDraft, UnreadableDraft } from './record-draft.ts';

export interface BuiltSegment {
  /** Uncompressed bytes: the header line and one line per record, each ended by LF. */
  raw: Buffer;
  sha256: string;
  /** RFC 6962 root over header and record leaves, hex. */
  root: string;
  /** What `raw` is a part of: free for another segment once this one is stored and read no more. */
  memory: SegmentMemory;
}

export interface OpenSegment {
  readonly records: number;
  /** Bytes of the lines so far. */
  readonly bytes: number;
  /** Offset of the last record; -1 before the first. */
  readonly last: number;
  /** Adds one record. CPU only: nothing is durable on return. */
  append(record: RecordDraft): void;
  /** Puts the header in front and computes hash and root; nothing may be appended afterwards. */
  close(header: SegmentHeader): BuiltSegment;
}

/** What a segment grows in. Fresh memory costs more to touch than all that is written into it, so it is used again. */
export interface SegmentMemory {
  raw: Buffer;
  leaves: Buffer;
}

export const freshMemory = (bytes = FIRST_BYTES, records = 64): SegmentMemory => ({
  raw: Buffer.allocUnsafeSlow(HEADROOM + bytes),
  leaves: Buffer.allocUnsafeSlow((records + 1) * HASH_BYTES),
});

/** Room for the header; a longer one (thousands of sources) costs one copy. */
const HEADROOM = 64 * 1024;
const FIRST_BYTES = 64 * 1024;
const LARGE_BYTES = 2 ** 20;
/** Lines of 50,000 events of ordinary size. Memory that is not touched costs nothing. */
const FULL_BYTES = 64 * 2 ** 20;
const SALTS_AT_ONCE = 1_024;
const MOST_VERDICTS = 5_000;

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const OFFSET = ascii('{"offset":');
const APPENDED_AT = ascii(',"appended_at":');
const SALT = ascii(',"salt":');
const VERDICT = ascii(',"verdict":');
const EVENT = ascii(',"event":');
const NULL = ascii(NULL_SALT);
const HEX = ascii('0123456789abcdef');
const [QUOTE, BRACE, LF] = [0x22, 0x7d, 0x0a];

/** Grows in `memory`, which is replaced by larger one when needed and MUST serve nothing else until the end. */
export function createOpenSegment(memory = freshMemory()): OpenSegment {
  // Leaf 0 is the header's.
  let { raw, leaves } = memory;
  let end = HEADROOM;
  let records = 0;
  let last = -1;
  const salts = createSalts();
  const verdicts = new Map<string, Uint8Array>();

  function reserve(more: number): void {
    if (end + more > raw.length) raw = grown(raw, end, end + more);
    const needed = (records + 2) * HASH_BYTES;
    if (needed > leaves.length) leaves = doubled(leaves, needed - HASH_BYTES);
  }

  const putBytes = (bytes: Uint8Array): void => {
    raw.set(bytes, end);
    end += bytes.length;
  };
  const putText = (text: string): void => {
    end += raw.write(text, end, 'latin1');
  };
  /** What was written already from `from` to `to`, once more. */
  const putAgain = (from: number, to: number): void => {
    raw.copyWithin(end, from, to);
    end += to - from;
  };

  function verdictBytes(json: string): Uint8Array {
    let bytes = verdicts.get(json);
    if (!bytes) {
      bytes = ascii(json);
      if (verdicts.size >= MOST_VERDICTS) verdicts.clear();
      verdicts.set(json, bytes);
    }
    return bytes;
  }

  function appendEvent(record: EventDraft): void {
    const extras = extraMembers(record);
    const encoded = hasLineBreak(record.text);
    reserve(2 * (record.text.length * (encoded ? 1.34 : 1) + record.verdict.length + extras.length + 400));
    const line = end;
    putBytes(OFFSET);
    end = putDecimal(raw, end, record.offset);
    putBytes(APPENDED_AT);
    end = putDecimal(raw, end, record.appendedAt);
    putBytes(SALT);
    const saltStart = end;
    end = salts.putNext(raw, end);
    const saltEnd = end;
    putBytes(VERDICT);
    putBytes(verdictBytes(record.verdict));
    putText(extras);
    if (encoded) putText(`,"event_b64":"${base64(record.text)}"}\n`);
    else {
      putBytes(EVENT);
      putBytes(record.bytes);
      raw[end++] = BRACE;
      raw[end++] = LF;
    }
    const lineEnd = end;
    // The public line, salt and who are laid behind the line for a moment: the next line takes their place.
    raw[end++] = 0;
    putAgain(line, saltStart);
    putBytes(NULL);
    if (encoded) {
      putBytes(VERDICT);
      putBytes(verdictBytes(record.verdict));
      putText(`${extras},"event_b64":"${base64(hideWho(record.text, record.who))}"}`);
    } else putPublicEvent(record, saltEnd, lineEnd - 1);
    const publicEnd = end;
    salts.putBytes(raw, end);
    end += SALT_BYTES;
    putText(whoOf(record.text, record.who));
    hashLeaf(raw, { start: lineEnd, end: publicEnd }, end, leaves, ++records * HASH_BYTES);
    end = lineEnd;
  }

  /** From behind the salt to the end of the line, with `null` in place of the who values. */
  function putPublicEvent({ bytes, who }: EventDraft, from: number, to: number): void {
    const event = to - 1 - bytes.length;
    let start = from;
    for (const [spanStart, spanEnd] of inTextOrder(who)) {
      putAgain(start, event + spanStart);
      putBytes(NULL);
      start = event + spanEnd;
    }
    putAgain(start, to);
  }

  function appendUnreadable(record: UnreadableDraft): void {
    const { offset, appendedAt, problem, bytes, encrypted } = record;
    const line = JSON.stringify({
      offset,
      appended_at: appendedAt,
      unreadable: { problem, bytes },
      encrypted,
    });
    reserve(2 * line.length + 64);
    putText(`${line}\n`);
    const lineEnd = end;
    raw[end++] = 0;
    putText(line);
    const publicEnd = end;
    // No salt, no who: the digest is that of nothing.
    hashLeaf(raw, { start: lineEnd, end: publicEnd }, publicEnd, leaves, ++records * HASH_BYTES);
    end = lineEnd;
  }

  return {
    get records() {
      return records;
    },
    get bytes() {
      return end - HEADROOM;
    },
    get last() {
      return last;
    },
    append(record) {
      if (record.kind === 'event') appendEvent(record);
      else appendUnreadable(record);
      last = record.offset;
    },
    close(header) {
      const headerLine = Buffer.from(`${JSON.stringify(header)}\n`);
      leaves.set(leafHash(headerLine.subarray(0, -1)));
      const bytes = withHeader(raw.subarray(0, end), headerLine);
      const root = toHex(rootOf(leaves.subarray(0, (records + 1) * HASH_BYTES)));
      return { raw: bytes, sha256: hash('sha256', bytes, 'hex'), root, memory: { raw, leaves } };
    },
  };
}

function withHeader(bytes: Buffer, headerLine: Buffer): Buffer {
  if (headerLine.length > HEADROOM) return Buffer.concat([headerLine, bytes.subarray(HEADROOM)]);
  const start = HEADROOM - headerLine.length;
  bytes.set(headerLine, start);
  return bytes.subarray(start);
}

function doubled(from: Buffer, used: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(from.length * 2);
  from.copy(larger, 0, 0, used);
  return larger;
}

/** Doubles while small; then room for a full segment at once, since every copy touches fresh memory again. */
function grown(from: Buffer, used: number, needed: number): Buffer {
  const enough = from.length < LARGE_BYTES ? from.length * 2 : FULL_BYTES;
  const larger = Buffer.allocUnsafeSlow(Math.max(enough, from.length + (from.length >> 1), needed));
  from.copy(larger, 0, 0, used);
  return larger;
}

/** Members of a line that most records do not have. */
function extraMembers({ delivery, marks, encrypted }: EventDraft): string {
  let extras = '';
  if (delivery) extras += `,"delivery":${JSON.stringify(delivery)}`;
  if (marks?.length) extras += `,"marks":${JSON.stringify(marks)}`;
  if (encrypted?.length) extras += `,"encrypted":${JSON.stringify(encrypted)}`;
  return extras;
}

/** Bytes with a bare CR or LF would break the lines, so they go as base64. */
const hasLineBreak = (text: string): boolean => text.includes('\n') || text.includes('\r');
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** Writes a whole number from 0 to 2^53 in decimal; returns where it ends. */
function putDecimal(to: Buffer, at: number, value: number): number {
  let digits = 1;
  for (let limit = 10; limit <= value; limit *= 10) digits++;
  let rest = value;
  let place = at + digits - 1;
  for (; rest >= 2 ** 31; place--) {
    const next = Math.floor(rest / 10);
    to[place] = 48 + (rest - next * 10);
    rest = next;
  }
  let small = rest | 0;
  for (; place >= at; place--) {
    const next = (small / 10) | 0;
    to[place] = 48 + (small - next * 10);
    small = next;
  }
  return at + digits;
}

/** Salts from the system's generator, fetched many at a time. */
function createSalts() {
  const pool = Buffer.allocUnsafeSlow(SALTS_AT_ONCE * SALT_BYTES);
  let next = pool.length;
  return {
    /** Writes the next salt as a JSON string in hex; returns where it ends. */
    putNext(to: Buffer, at: number): number {
      next += SALT_BYTES;
      if (next >= pool.length) {
        randomFillSync(pool);
        next = 0;
      }
      let end = at;
      to[end++] = QUOTE;
      for (let i = next; i < next + SALT_BYTES; i++) {
        to[end++] = HEX[pool[i]! >> 4]!;
        to[end++] = HEX[pool[i]! & 15]!;
      }
      to[end++] = QUOTE;
      return end;
    },
    /** Writes the bytes of that salt. */
    putBytes(to: Buffer, at: number): void {
      for (let i = 0; i < SALT_BYTES; i++) to[at + i] = pool[next + i]!;
    },
  };
}
