// SPDX-License-Identifier: Apache-2.0
// A tree that only grows, in memory: the roots of its complete subtrees, at most 53 hashes.
import { copyOf, emptyRoot, HASH_BYTES, nodeHash } from './merkle-tree.ts';

export interface GrowingTree {
  /** How many leaves it has. */
  readonly size: number;
  append(leaf: Uint8Array): void;
  root(): Uint8Array;
  /** The roots of its complete subtrees, largest first: with the size, all it takes to grow on later. */
  edge(): Uint8Array[];
}

/** An empty tree, or one that was kept by its size and edge. */
export function createTree(kept?: { size: number; edge: readonly Uint8Array[] }): GrowingTree {
  // Largest subtree first: one for each 1 in the size's binary digits.
  const complete: Uint8Array[] = [...(kept?.edge ?? [])];
  let size = kept?.size ?? 0;
  if (complete.length !== ones(size))
    throw new RangeError(`a tree of ${size} leaves has ${ones(size)} complete subtrees`);
  return {
    get size() {
      return size;
    },
    append(leaf) {
      if (leaf.length !== HASH_BYTES) throw new RangeError('leaf hashes are 32 bytes each');
      let node = copyOf(leaf);
      for (let at = size; at % 2 === 1; at = Math.floor(at / 2)) node = nodeHash(complete.pop()!, node);
      complete.push(node);
      size += 1;
    },
    edge: () => [...complete],
    root: () => (size === 0 ? emptyRoot() : complete.reduceRight((right, left) => nodeHash(left, right))),
  };
}

const ones = (size: number): number => size.toString(2).replaceAll('0', '').length;
