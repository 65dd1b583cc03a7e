// SPDX-License-Identifier: Apache-2.0
// What a segment's index says of one key, and the proof of it: the entry, or the two neighbours between which it
// would stand. So a filter that left something out is found without the segment (EVIDENCE 2b).
import { fromHex, leafHash, verifyInclusion } from '@ashiato/tlog';
import { z } from 'zod';
import type { IndexHead } from './log-leaf.ts';

/**
 * Records of which a segment cannot say whose they are: unreadable bytes, a value kept encrypted, and access events
 * that name nobody (a whole base, a malformed event). Whoever proves that a key is absent must look at these too.
 */
export const UNKNOWN_KEY = '*';

export const indexEntry = z.strictObject({
  key: z.string(),
  offsets: z.array(z.number().int().min(0)).min(1).describe('ascending'),
});
export type IndexEntry = z.infer<typeof indexEntry>;

/** An entry with its place in the tree. Hashes in hex, leaf sibling first. */
export const placedEntry = z.strictObject({
  at: z.number().int().min(0),
  entry: indexEntry,
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(63),
});
export type PlacedEntry = z.infer<typeof placedEntry>;

export const lookupProof = z.union([
  z.strictObject({ found: placedEntry }),
  z.strictObject({ before: placedEntry.nullable(), after: placedEntry.nullable() }),
]);
export type LookupProof = z.infer<typeof lookupProof>;

export type Lookup =
  | { outcome: 'present'; offsets: number[] }
  | { outcome: 'absent' }
  /** The proof does not show what it is said to show. */
  | { outcome: 'refused'; problem: string };

const encoder = new TextEncoder();

/** The line of an entry in the index object; its leaf is RFC 6962's over these bytes. */
export const formatEntry = ({ key, offsets }: IndexEntry): string => JSON.stringify({ key, offsets });
export const entryLeaf = (line: string): Uint8Array => leafHash(encoder.encode(line));

/** The order of an index: by the UTF-8 bytes of the keys, which is that of their code points. */
export function compareKeys(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Halves of characters beyond U+FFFF come after all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** What `proof` shows of `key` in the index with this head. Untrusted: `proof`. */
export function verifyLookup(proof: LookupProof, key: string, head: IndexHead): Lookup {
  if ('found' in proof) {
    const { entry } = proof.found;
    if (entry.key !== key) return refused('the entry is of another key');
    if (!isAscending(entry.offsets)) return refused('the offsets do not ascend');
    return stands(proof.found, head) ? { outcome: 'present', offsets: entry.offsets } : notThere('entry');
  }
  const { before, after } = proof;
  // Neighbours in the tree: nothing stands between them, before the first or after the last.
  if ((after?.at ?? head.entries) !== (before ? before.at + 1 : 0)) return refused('not neighbours');
  if (before && !(compareKeys(before.entry.key, key) < 0)) return refused('the entry before is not before');
  if (after && !(compareKeys(key, after.entry.key) < 0)) return refused('the entry after is not after');
  if (before && !stands(before, head)) return notThere('entry before');
  if (after && !stands(after, head)) return notThere('entry after');
  return { outcome: 'absent' };
}

const refused = (problem: string): Lookup => ({ outcome: 'refused', problem });
const notThere = (what: string) => refused(`the ${what} is not at its place in the index`);
const isAscending = (offsets: readonly number[]) =>
  offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!);

function stands({ at, entry, path }: PlacedEntry, { entries, root }: IndexHead): boolean {
  const hashes = path.map(hash => fromHex(hash) ?? new Uint8Array(0));
  return verifyInclusion(
    entryLeaf(formatEntry(entry)),
    at,
    entries,
    hashes,
    fromHex(root) ?? new Uint8Array(0),
  );
}
