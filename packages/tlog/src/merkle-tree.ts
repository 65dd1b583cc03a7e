// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): leaf hash, node hash, root, inclusion.
import { sha256, sha256Into } from './hash.ts';

const LEAF = 0x00;
const NODE = 0x01;
export const HASH_BYTES = 32;

/** `SHA-256(0x00 || entry)`. */
export function leafHash(entry: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + entry.length);
  input[0] = LEAF;
  input.set(entry, 1);
  return sha256(input);
}

/** `SHA-256(0x01 || left || right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** Root of the tree with no leaf: SHA-256 of nothing. */
export const emptyRoot = (): Buffer => sha256(new Uint8Array(0));

/**
 * Root over leaf hashes laid end to end (32 bytes each). Folding neighbours level by level and carrying an odd
 * last one up unchanged is the same tree as splitting at the largest power of two below n.
 */
export function rootOf(leaves: Uint8Array): Buffer {
  if (leaves.length % HASH_BYTES !== 0) throw new RangeError('leaf hashes are 32 bytes each');
  if (leaves.length === 0) return emptyRoot();
  const level = Buffer.from(leaves);
  const input = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  for (let count = leaves.length / HASH_BYTES; count > 1; count = foldLevel(level, count, input));
  return Buffer.from(level.subarray(0, HASH_BYTES));
}

/** Folds `count` hashes at the front of `level` into half as many, in place; returns how many are left. */
function foldLevel(level: Buffer, count: number, input: Buffer): number {
  const pairs = count >> 1;
  for (let i = 0; i < pairs; i++) {
    level.copy(input, 1, 2 * i * HASH_BYTES, (2 * i + 2) * HASH_BYTES);
    sha256Into(input, level, i * HASH_BYTES);
  }
  if (count % 2 === 1) level.copyWithin(pairs * HASH_BYTES, (count - 1) * HASH_BYTES, count * HASH_BYTES);
  return pairs + (count % 2);
}

/**
 * Audit path of leaf `index` in the tree over `leaves` (hashes end to end), leaf sibling first
 * (RFC 9162 section 2.1.3.1).
 */
export function inclusionProof(leaves: Uint8Array, index: number): Buffer[] {
  const size = leaves.length / HASH_BYTES;
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new RangeError('no such leaf');
  const path: Buffer[] = [];
  let level: Buffer[] = Array.from({ length: size }, (_, i) =>
    Buffer.from(leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)),
  );
  for (let at = index; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1];
    if (sibling) path.push(sibling);
    const next: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      next.push(i + 1 < level.length ? nodeHash(level[i]!, level[i + 1]!) : level[i]!);
    }
    level = next;
  }
  return path;
}

/** Whether `path` proves that `leaf` stands at `index` in the tree of `size` leaves with `root` (RFC 9162 2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (leaf.length !== HASH_BYTES || path.some(hash => hash.length !== HASH_BYTES)) return false;
  let node: Buffer = Buffer.from(leaf);
  let at = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sibling, node);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && node.equals(root);
}
