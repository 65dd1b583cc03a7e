// SPDX-License-Identifier: Apache-2.0
// SHA-256 of a stream in Node. `package.json` maps `#sha256` here, and to `sha256-noble.ts` everywhere else.
import { createHash } from 'node:crypto';

export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** In hex; nothing may be added afterwards. */
  hex(): string;
}

export function createSha256(): Sha256 {
  const hash = createHash('sha256');
  return { update: bytes => void hash.update(bytes), hex: () => hash.digest('hex') };
}
