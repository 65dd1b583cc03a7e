// SPDX-License-Identifier: Apache-2.0
// Leaves and root recomputed from stored bytes: what verification compares, and what a proof begins with.
import { whoSpans } from '@ashiato/schema';
import { HASH_BYTES, leafHash, rootOf, toHex } from '@ashiato/tlog';
import { LedgerError } from './errors.ts';
import { createLeafHasher, hideWho, type LeafHasher, NULL_SALT, whoOf } from './leaf-hasher.ts';

/** Recomputes the root from stored bytes: what verification compares. */
export const rootOfStored = (raw: Buffer): string => toHex(rootOf(leavesOfStored(raw)));

/** The leaves of header and records, end to end. */
export function leavesOfStored(raw: Buffer): Buffer {
  const leaves: Uint8Array[] = [];
  const hasher = createLeafHasher();
  for (let start = 0; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    if (end < 0) throw new LedgerError('SEGMENT_SHAPE', 'the last line does not end');
    if (start === 0) leaves.push(leafHash(raw.subarray(0, end)));
    else leaves.push(storedLeaf(raw.toString('latin1', start, end), hasher));
    start = end + 1;
  }
  return Buffer.concat(leaves);
}

const EVENT_LINE = /^(\{"offset":\d+,"appended_at":\d+,"salt":)"([0-9a-f]{32})"/;

/** Leaf hash of one stored record line. */
export function storedLeaf(line: string, hasher: LeafHasher = createLeafHasher()): Buffer {
  const leaf = Buffer.allocUnsafe(HASH_BYTES);
  const { publicLine, salt, who } = leafParts(line);
  hasher.into(leaf, 0, publicLine, salt, who);
  return leaf;
}

/** What the leaf of a stored line is made of: binary strings, the salt in hex. An unreadable record hides nothing. */
export function leafParts(line: string): { publicLine: string; salt: string; who: string } {
  const found = EVENT_LINE.exec(line);
  if (!found) return { publicLine: line, salt: '', who: '' };
  const { text, start, end, encoded } = storedEvent(line);
  const who = whoSpans(text);
  const hidden = hideWho(text, who);
  const event = encoded ? Buffer.from(hidden, 'latin1').toString('base64') : hidden;
  const publicLine = found[1]! + NULL_SALT + line.slice(found[0].length, start) + event + line.slice(end);
  return { publicLine, salt: found[2]!, who: whoOf(text, who) };
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
