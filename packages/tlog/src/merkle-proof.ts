// SPDX-License-Identifier: Apache-2.0
// Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4): which subtrees they are made of, and
// their verification.
import { equalBytes } from './encoding.ts';
import { emptyRoot, HASH_BYTES, nodeHash, rootOf } from './merkle-tree.ts';

/** A subtree: leaves `from` up to, without, `to`. `from` is a multiple of the power of two that covers it. */
export interface Subtree {
  from: number;
  to: number;
}

/** No proof in a tree of up to 2^53 leaves is longer. */
export const MAX_PROOF_HASHES = 63;

/** Where a tree of `count` leaves splits: the largest power of two strictly below. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** The subtrees whose roots are the audit path of leaf `index`, leaf sibling first. */
export function inclusionPath(index: number, size: number): Subtree[] {
  if (!isCount(size) || !isCount(index) || index >= size) {
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  }
  return pathTo({ from: index, to: index + 1 }, size);
}

/** The subtrees whose roots prove that the tree of `size` continues the one of `oldSize`; none if nothing to prove. */
export function consistencyPath(oldSize: number, size: number): Subtree[] {
  if (!isCount(size) || !isCount(oldSize) || oldSize > size) {
    throw new RangeError(`no tree of ${oldSize} in a tree of ${size}`);
  }
  if (oldSize === 0 || oldSize === size) return [];
  // The old tree's last complete subtree: the largest power of two that divides its size.
  let width = 1;
  while (oldSize % (width * 2) === 0) width *= 2;
  const last = { from: oldSize - width, to: oldSize };
  // The whole old tree is one such subtree: its root is known to whoever checks.
  return last.from === 0 ? pathTo(last, size) : [last, ...pathTo(last, size)];
}

/** Siblings on the way from the root of `size` leaves down to `goal`, the lowest first. */
function pathTo(goal: Subtree, size: number): Subtree[] {
  const path: Subtree[] = [];
  let from = 0;
  let to = size;
  while (to - from > goal.to - goal.from) {
    const middle = from + splitOf(to - from);
    if (goal.from < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return path.reverse();
}

/** Audit path of leaf `index` in the tree over `leaves` (hashes end to end), leaf sibling first. */
export function inclusionProof(leaves: Uint8Array, index: number): Uint8Array[] {
  return inclusionPath(index, leaves.length / HASH_BYTES).map(subtree => rootIn(leaves, subtree));
}

/** Proof that the tree over `leaves` (hashes end to end) continues the tree over its first `oldSize` leaves. */
export function consistencyProof(leaves: Uint8Array, oldSize: number): Uint8Array[] {
  return consistencyPath(oldSize, leaves.length / HASH_BYTES).map(subtree => rootIn(leaves, subtree));
}

const rootIn = (leaves: Uint8Array, { from, to }: Subtree) =>
  rootOf(leaves.subarray(from * HASH_BYTES, to * HASH_BYTES));

/** Whether `path` proves that `leaf` stands at `index` in the tree of `size` leaves with `root` (RFC 9162 2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...path])) return false;
  let node = leaf;
  let at = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sibling, node);
      for (; at % 2 === 0 && at !== 0; at /= 2) last = half(last);
    } else {
      node = nodeHash(node, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(node, root);
}

/**
 * Whether `path` proves that the tree of `size` leaves with `root` continues the tree of `oldSize` leaves with
 * `oldRoot` (RFC 9162 2.1.4.2). Everything continues the empty tree, and each tree itself, with an empty path.
 */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Uint8Array,
  size: number,
  root: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (!isCount(oldSize) || !isCount(size) || oldSize > size || !areHashes([oldRoot, root, ...path]))
    return false;
  if (oldSize === 0) return path.length === 0 && equalBytes(oldRoot, emptyRoot());
  if (oldSize === size) return path.length === 0 && equalBytes(oldRoot, root);
  let at = oldSize - 1;
  let last = size - 1;
  for (; at % 2 === 1; at = half(at)) last = half(last);
  // The whole old tree is one subtree: the path begins beside it.
  const [first, ...rest] = at === 0 ? [oldRoot, ...path] : path;
  if (first === undefined) return false;
  let oldNode = first;
  let node = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldNode = nodeHash(sibling, oldNode);
      node = nodeHash(sibling, node);
      for (; at % 2 === 0 && at !== 0; at /= 2) last = half(last);
    } else {
      node = nodeHash(node, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && equalBytes(oldNode, oldRoot) && equalBytes(node, root);
}

const half = (n: number) => Math.floor(n / 2);
const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0;
const areHashes = (hashes: readonly Uint8Array[]) =>
  hashes.length <= MAX_PROOF_HASHES + 2 && hashes.every(hash => hash.length === HASH_BYTES);
