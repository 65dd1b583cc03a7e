// SPDX-License-Identifier: Apache-2.0
// The root over leaves that come one by one, in memory that grows with their logarithm.
import { emptyRoot, nodeHash } from './merkle-tree.ts';

export interface GrowingRoot {
  /** How many leaves there are. */
  readonly size: number;
  /** Adds the next leaf, by its hash. */
  push(leaf: Uint8Array): void;
  /** The root over all leaves so far: `rootOf` of the same hashes. */
  root(): Buffer;
}

export function createGrowingRoot(): GrowingRoot {
  // Roots of complete subtrees, largest first: one for each bit of `size`.
  const complete: Uint8Array[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(leaf) {
      complete.push(leaf);
      size++;
      for (let rest = size; rest % 2 === 0; rest /= 2) {
        const right = complete.pop()!;
        complete.push(nodeHash(complete.pop()!, right));
      }
    },
    root() {
      if (size === 0) return emptyRoot();
      return Buffer.from(complete.reduceRight((right, left) => nodeHash(left, right)));
    },
  };
}
