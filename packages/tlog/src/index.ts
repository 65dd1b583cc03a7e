// SPDX-License-Identifier: Apache-2.0
// The tree. Notes, tiles and proofs have doors of their own, so that whoever hashes loads no signatures.
export { fromHex, toHex } from './encoding.ts';
export { TlogError, type TlogErrorCode } from './errors.ts';
export { createTree, type GrowingTree } from './growing-tree.ts';
export { Malformed } from './malformed.ts';
export { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './merkle-proof.ts';
export { emptyRoot, HASH_BYTES, leafHash, nodeHash, rootOf, sha256 } from './merkle-tree.ts';
