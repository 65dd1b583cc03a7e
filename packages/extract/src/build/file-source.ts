// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import type { ByteSource } from '../verify/index.ts';

/** A file on disk for the verifier; MUST be closed. Rejects as `fs.open` does. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(from, to) {
      const bytes = new Uint8Array(to - from);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        at += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
