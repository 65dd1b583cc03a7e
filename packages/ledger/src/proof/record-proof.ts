// SPDX-License-Identifier: Apache-2.0
// The proof of one record: its salted leaf, the path to its segment's root, and the segment's entry in the log
// (DESIGN 6). The way from that entry to a signed checkpoint is a proof file of its own (`@ashiato/tlog/proof`).
import { fromHex, leafHash, sha256, toHex, verifyInclusion } from '@ashiato/tlog';
import { z } from 'zod';
import { parseLeaf, type SegmentLeaf } from './log-leaf.ts';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

export const recordProof = z.strictObject({
  public_line: z.string().describe('the line with salt, actor, on_behalf_of and site as null'),
  who: z
    .strictObject({
      salt: z.string().regex(/^(?:[0-9a-f]{32})?$/),
      text: z.string().describe('the bytes of actor, on_behalf_of and site as they stand, joined by U+0000'),
    })
    .nullable()
    .describe('names the staff; null where that is not asked'),
  who_sha256: hex32.describe('SHA-256(salt || who)'),
  at: z.number().int().min(1).describe('place in the segment’s tree; the header is 0'),
  path: z.array(hex32).max(63).describe('to the segment’s root, leaf sibling first'),
  leaf: z.string().describe('the segment’s entry in the log, verbatim'),
});
export type RecordProof = z.infer<typeof recordProof>;

export type VerifiedRecord =
  | { outcome: 'proven'; leaf: SegmentLeaf; offset: number }
  | { outcome: 'refused'; problem: string };

const encoder = new TextEncoder();

/**
 * Whether the record stands in the segment of the enclosed log entry. That the entry is in the log is not shown here:
 * its leaf hash (over `proof.leaf`) MUST then be verified against a checkpoint. Untrusted: `proof`.
 */
export function verifyRecord(proof: RecordProof): VerifiedRecord {
  const leaf = parseLeaf(proof.leaf);
  if (leaf?.kind !== 'segment') return refused('the entry of the log is of no segment');
  const who = fromHex(proof.who_sha256) ?? new Uint8Array(0);
  if (
    proof.who &&
    toHex(sha256(bytes(fromHex(proof.who.salt), encoder.encode(proof.who.text)))) !== toHex(who)
  )
    return refused('salt and who do not have the digest that the record holds');
  const hash = leafHash(bytes(encoder.encode(proof.public_line), who));
  const path = proof.path.map(text => fromHex(text) ?? new Uint8Array(0));
  const root = fromHex(leaf.root) ?? new Uint8Array(0);
  // Leaf 0 is the header's: never a record.
  if (proof.at < 1 || !verifyInclusion(hash, proof.at, leaf.records + 1, path, root))
    return refused('the record is not at its place in the segment');
  const offset = /^\{"offset":(\d+),/.exec(proof.public_line)?.[1];
  if (offset === undefined) return refused('the line names no offset');
  return { outcome: 'proven', leaf, offset: Number(offset) };
}

const refused = (problem: string): VerifiedRecord => ({ outcome: 'refused', problem });

function bytes(first: Uint8Array = new Uint8Array(0), second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
