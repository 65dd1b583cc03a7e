// SPDX-License-Identifier: Apache-2.0
// A segment while it grows (DESIGN 6): each record's line is built once, from the bytes as received, and nothing else
// of the record is kept. The header knows what came, so it is written last, into room left in front. Leaves and root
// follow from these bytes alone; who needs them (notary, verification) makes them from what is stored.
import { hash, randomFillSync } from 'node:crypto';
import type { SegmentHeader } from '@ashiato/schema';
import { SALT_BYTES } from './leaf-hasher.ts';
import type { EventDraft, RecordDraft, UnreadableDraft } from './record-draft.ts';

export interface BuiltSegment {
  /** Uncompressed bytes: the header line and one line per record, each ended by LF. */
  raw: Buffer;
  sha256: string;
  /** What `raw` is a part of: free for another segment once this one is stored and read no more. */
  memory: Buffer;
}

export interface OpenSegment {
  readonly records: number;
  /** Bytes of the lines so far. */
  readonly bytes: number;
  /** Offset of the last record; -1 before the first. */
  readonly last: number;
  /** Adds one record. CPU only: nothing is durable on return. */
  append(record: RecordDraft): void;
  /** Puts the header in front and hashes the whole; nothing may be appended afterwards. */
  close(header: SegmentHeader): BuiltSegment;
}

/** What a segment grows in. Fresh memory costs more to touch than all that is written into it, so it is used again. */
export const freshMemory = (bytes = FIRST_BYTES): Buffer => Buffer.allocUnsafeSlow(HEADROOM + bytes);

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
const HEX = ascii('0123456789abcdef');
const [QUOTE, BRACE, LF] = [0x22, 0x7d, 0x0a];

/** Grows in `memory`, which is replaced by larger one when needed and MUST serve nothing else until the end. */
export function createOpenSegment(memory = freshMemory()): OpenSegment {
  let raw = memory;
  let end = HEADROOM;
  let records = 0;
  let last = -1;
  const salts = createSalts();
  const verdicts = new Map<string, Uint8Array>();

  function reserve(more: number): void {
    if (end + more > raw.length) raw = grown(raw, end, end + more);
  }

  const putBytes = (bytes: Uint8Array): void => {
    raw.set(bytes, end);
    end += bytes.length;
  };
  const putText = (text: string): void => {
    end += raw.write(text, end, 'latin1');
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
    reserve(record.text.length * (encoded ? 1.34 : 1) + record.verdict.length + extras.length + 200);
    putBytes(OFFSET);
    end = putDecimal(raw, end, record.offset);
    putBytes(APPENDED_AT);
    end = putDecimal(raw, end, record.appendedAt);
    putBytes(SALT);
    end = salts.putNext(raw, end);
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
    records++;
  }

  function appendUnreadable(record: UnreadableDraft): void {
    const { offset, appendedAt, problem, bytes, encrypted } = record;
    const line = JSON.stringify({
      offset,
      appended_at: appendedAt,
      unreadable: { problem, bytes },
      encrypted,
    });
    reserve(line.length + 1);
    putText(`${line}\n`);
    records++;
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
      const bytes = withHeader(raw.subarray(0, end), headerLine);
      return { raw: bytes, sha256: hash('sha256', bytes, 'hex'), memory: raw };
    },
  };
}

function withHeader(bytes: Buffer, headerLine: Buffer): Buffer {
  if (headerLine.length > HEADROOM) return Buffer.concat([headerLine, bytes.subarray(HEADROOM)]);
  const start = HEADROOM - headerLine.length;
  bytes.set(headerLine, start);
  return bytes.subarray(start);
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
  };
}
