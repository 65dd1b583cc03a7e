// SPDX-License-Identifier: Apache-2.0
// SHA-256 where there is no `node:crypto`: WebCrypto's is asynchronous, which a tree walk cannot afford.
import { sha256 } from '@noble/hashes/sha2.js';

export const allocate = (length: number): Uint8Array => new Uint8Array(length);

/** SHA-256 of `bytes`, 32 bytes, written into `target` at `at`. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, at: number): void {
  target.set(sha256(bytes), at);
}
