// SPDX-License-Identifier: Apache-2.0
// The one seam to Ed25519 (RFC 8032). The same code in Node and in a browser: libraries differ in which odd
// signatures they accept, and two verifiers of one log must not. Hashing has no such freedom, so it has two.
import * as noble from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';

noble.hashes.sha512 = sha512;

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export const publicKeyOf = (seed: Uint8Array): Uint8Array => noble.getPublicKey(seed);

export const sign = (message: Uint8Array, seed: Uint8Array): Uint8Array => noble.sign(message, seed);

/** Strict: no ZIP-215 leniency for points and scalars with a second spelling, no keys of small order. */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return noble.verify(signature, message, publicKey, { zip215: false });
}
