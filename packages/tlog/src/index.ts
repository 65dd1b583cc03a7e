// SPDX-License-Identifier: Apache-2.0
export { createGrowingRoot, type GrowingRoot } from './growing-root.ts';
export {
  emptyRoot,
  HASH_BYTES,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  verifyInclusion,
} from './merkle-tree.ts';
