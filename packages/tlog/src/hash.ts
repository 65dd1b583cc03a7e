// SPDX-License-Identifier: Apache-2.0
// The one seam to a hash implementation: everything else in this room is arithmetic on bytes.
import { hash } from 'node:crypto';

/** SHA-256 of `bytes`, 32 bytes, written into `target` at `at`. */
export function sha256Into(bytes: Uint8Array, target: Buffer, at: number): void {
  // A latin1 string costs less than the Buffer that crypto.hash would allocate per call.
  target.write(hash('sha256', bytes, 'binary'), at, 32, 'latin1');
}

/** SHA-256 of `bytes`. */
export function sha256(bytes: Uint8Array): Buffer {
  const digest = Buffer.allocUnsafe(32);
  sha256Into(bytes, digest, 0);
  return digest;
}
