// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** Bytes that differ for each key, so that a mixed-up object shows. */
export function bytesFor(key: string, size: number): Uint8Array {
  const seed = createHash('sha256').update(key).digest();
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = (seed[at % seed.length] ?? 0) ^ (at >>> 5) ^ (at >>> 13);
  return bytes;
}
