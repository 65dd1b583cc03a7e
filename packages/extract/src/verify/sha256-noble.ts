// SPDX-License-Identifier: Apache-2.0
// SHA-256 of a stream where there is no `node:crypto`: WebCrypto has none.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Sha256 } from './sha256-node.ts';

export function createSha256(): Sha256 {
  const hash = sha256.create();
  return { update: bytes => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
}
