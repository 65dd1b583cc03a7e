// SPDX-License-Identifier: Apache-2.0
// Puts packed members end to end into one ZIP file.
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import {
  descriptor,
  directoryEnd,
  directoryEntry,
  localHeader,
  type ZipMember,
} from '../verify/zip-layout.ts';
import { ExtractError } from './errors.ts';
import type { PackedMember } from './member-file.ts';

/** Durable under `path` when it resolves; before, there is at most `<path>.partial`. */
export async function writeZip(path: string, members: readonly PackedMember[]): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, 'w');
  try {
    await writeMembers(file, members);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

async function writeMembers(file: FileHandle, members: readonly PackedMember[]): Promise<void> {
  const written: ZipMember[] = [];
  let at = 0;
  const put = async (bytes: Uint8Array) => {
    await file.writeFile(bytes);
    at += bytes.length;
  };
  for (const { zip, path } of members) {
    const member = { ...zip, at };
    if (at + zip.stored > 0xffff_0000)
      throw new ExtractError(
        'TOO_LARGE',
        'the extract would pass 4 GiB: ask for a shorter period, or several extracts',
      );
    await put(localHeader(member));
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) await put(piece as Buffer);
    await put(descriptor(member));
    written.push(member);
  }
  const directory = Buffer.concat(written.map(directoryEntry));
  const end = directoryEnd(written.length, directory.length, at);
  await put(directory);
  await put(end);
}
