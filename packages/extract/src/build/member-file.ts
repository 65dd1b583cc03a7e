// SPDX-License-Identifier: Apache-2.0
// One member while it is written: packed into a file of its own, since several grow at once and a ZIP has them one
// after the other. Packed by fflate: its bytes follow from the input alone, on every machine and version of Node.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Deflate } from 'fflate';
import type { MemberFacts } from '../verify/manifest.ts';
import type { ZipMember } from '../verify/zip-layout.ts';
import { ExtractError } from './errors.ts';

export interface PackedMember {
  facts: MemberFacts;
  zip: Omit<ZipMember, 'at'>;
  path: string;
}

export interface MemberFile {
  write(text: string | Uint8Array): void;
  /** Resolves when what was packed so far is in the file; MUST be awaited now and then, or it grows in memory. */
  flush(): Promise<void>;
  end(): Promise<PackedMember>;
}

const PIECE_BYTES = 2 ** 16;
const MOST = 2 ** 32 - 1;
/** Fast; the headers say so. */
const LEVEL = 3;

export async function createMemberFile(path: string, name: string, method: 0 | 8 = 8): Promise<MemberFile> {
  const file = await open(path, 'w');
  const [content, packed] = [createHash('sha256'), createHash('sha256')];
  const sizes = { size: 0, stored: 0, crc: 0 };
  const pending: Uint8Array[] = [];
  const piece = Buffer.alloc(PIECE_BYTES);
  let filled = 0;
  const put = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    packed.update(bytes);
    sizes.stored += bytes.length;
    pending.push(bytes);
  };
  const deflate = new Deflate({ level: LEVEL }, put);

  /** In pieces of one size, so that the packed bytes do not depend on how the text came in. */
  function pack(isLast: boolean): void {
    const bytes = Buffer.from(piece.subarray(0, filled));
    filled = 0;
    content.update(bytes);
    sizes.crc = crc32(bytes, sizes.crc);
    sizes.size += bytes.length;
    if (method === 0) put(bytes);
    else deflate.push(bytes, isLast);
    if (sizes.size > MOST || sizes.stored > MOST)
      throw new ExtractError(
        'TOO_LARGE',
        `${name} would pass 4 GiB: ask for a shorter period, or several extracts`,
      );
  }

  function write(text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + PIECE_BYTES - filled);
      piece.set(bytes.subarray(at, end), filled);
      filled += end - at;
      at = end;
      if (filled === PIECE_BYTES) pack(false);
    }
  }

  const flush = () => writeAll(file, pending);
  return {
    write,
    flush,
    async end() {
      pack(true);
      await flush();
      await file.close();
      const { size, stored, crc } = sizes;
      return {
        facts: { name, size, sha256: content.digest('hex'), stored_sha256: packed.digest('hex') },
        zip: { name, method, crc, stored, size },
        path,
      };
    },
  };
}

async function writeAll(file: FileHandle, pending: Uint8Array[]): Promise<void> {
  if (pending.length === 0) return;
  const bytes = Buffer.concat(pending.splice(0));
  await file.writeFile(bytes);
}
