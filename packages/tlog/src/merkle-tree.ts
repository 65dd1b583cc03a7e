// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): leaf hash, node hash, root.
import { allocate, sha256Into } from '#sha256';

const LEAF = 0x00;
const NODE = 0x01;
export const HASH_BYTES = 32;
const NODE_BYTES = 1 + 2 * HASH_BYTES;

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = allocate(HASH_BYTES);
  sha256Into(bytes, digest, 0);
  return digest;
}

/** `SHA-256(0x00 || entry)`. */
export function leafHash(entry: Uint8Array): Uint8Array {
  const input = allocate(1 + entry.length);
  input[0] = LEAF;
  input.set(entry, 1);
  return sha256(input);
}

/** `SHA-256(0x01 || left || right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = allocate(NODE_BYTES);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** Root of the tree with no leaf: SHA-256 of nothing. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array(0));

/**
 * Root over leaf hashes laid end to end (32 bytes each). Folding neighbours level by level and carrying an odd
 * last one up unchanged is the same tree as splitting at the largest power of two below n.
 */
export function rootOf(leaves: Uint8Array): Uint8Array {
  if (leaves.length % HASH_BYTES !== 0) throw new RangeError('leaf hashes are 32 bytes each');
  if (leaves.length === 0) return emptyRoot();
  // The level that is folded, and behind it one node's input, so that no hash allocates.
  const level = allocate(leaves.length + NODE_BYTES);
  level.set(leaves);
  const input = level.subarray(leaves.length);
  input[0] = NODE;
  for (let count = leaves.length / HASH_BYTES; count > 1; count = foldLevel(level, count, input));
  return copyOf(level.subarray(0, HASH_BYTES));
}

/** Bytes of their own: in Node `slice` would be a view that keeps what it was cut from alive. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = allocate(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Folds `count` hashes at the front of `level` into half as many, in place; returns how many are left. */
function foldLevel(level: Uint8Array, count: number, input: Uint8Array): number {
  const pairs = count >> 1;
  const inputAt = level.length - NODE_BYTES + 1;
  for (let i = 0; i < pairs; i++) {
    level.copyWithin(inputAt, 2 * i * HASH_BYTES, (2 * i + 2) * HASH_BYTES);
    sha256Into(input, level, i * HASH_BYTES);
  }
  if (count % 2 === 1) level.copyWithin(pairs * HASH_BYTES, (count - 1) * HASH_BYTES, count * HASH_BYTES);
  return pairs + (count % 2);
}
