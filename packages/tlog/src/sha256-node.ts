// SPDX-License-Identifier: Apache-2.0
// SHA-256 in Node. `package.json` maps `#sha256` here, and to `sha256-noble.ts` everywhere else.
import { hash } from 'node:crypto';

/** Bytes that need not be zero: every caller writes all of them. */
export const allocate = (length: number): Uint8Array => Buffer.allocUnsafe(length);

/** SHA-256 of `bytes`, 32 bytes, written into `target` at `at`. */
export function sha256Into(bytes: Uint8Array, target: Uint8Array, at: number): void {
  // A latin1 string costs less than the Buffer that crypto.hash would allocate per call.
  const digest = hash('sha256', bytes, 'binary');
  const buffer =
    target instanceof Buffer ? target : Buffer.from(target.buffer, target.byteOffset, target.length);
  buffer.write(digest, at, 32, 'latin1');
}
