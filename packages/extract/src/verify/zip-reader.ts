// SPDX-License-Identifier: Apache-2.0
// Reads the ZIP of an extract, and no other: every byte of it is accounted for, so that no two programs can see
// different files in it. Untrusted input throughout.
import { crc32 } from './crc32.ts';
import { Stop } from './fault.ts';
import {
  DESCRIPTOR_BYTES,
  descriptor,
  directoryEnd,
  directoryEntry,
  END_BYTES,
  localHeader,
  type ZipMember,
} from './zip-layout.ts';

/** A file that is read here and there. */
export interface ByteSource {
  readonly size: number;
  /** Exactly the bytes `from` up to, without, `to`. */
  read(from: number, to: number): Promise<Uint8Array>;
}

export const FILE = 'ZIP';
const MOST_DIRECTORY_BYTES = 2 ** 20;
const PIECE_BYTES = 2 ** 18;

/** The members in their order. Throws Stop `not_whole` or `zip_altered`. */
export async function openZip(source: ByteSource): Promise<ZipMember[]> {
  const end = await readEnd(source);
  const directory = await source.read(end.at, end.at + end.bytes);
  const members = parseDirectory(directory, end.count);
  let at = 0;
  for (const member of members) {
    if (member.at !== at) altered(member.name, `expected it to begin at ${at}, found ${member.at}`);
    const header = localHeader(member);
    const dataEnd = at + header.length + member.stored;
    if (dataEnd + DESCRIPTOR_BYTES > end.at) altered(member.name, 'it reaches into the directory');
    if (!same(await source.read(at, at + header.length), header)) altered(member.name, 'its header differs');
    if (!same(await source.read(dataEnd, dataEnd + DESCRIPTOR_BYTES), descriptor(member)))
      altered(member.name, 'its descriptor differs from the directory');
    at = dataEnd + DESCRIPTOR_BYTES;
  }
  if (at !== end.at) altered(FILE, `expected the directory at ${at}, found it at ${end.at}`);
  return members;
}

async function readEnd({ size, read }: ByteSource): Promise<{ count: number; bytes: number; at: number }> {
  if (size < END_BYTES) throw new Stop('not_whole', FILE, `it has ${size} bytes`);
  const found = await read(size - END_BYTES, size);
  const view = new DataView(found.buffer, found.byteOffset);
  const [count, bytes, at] = [view.getUint16(10, true), view.getUint32(12, true), view.getUint32(16, true)];
  if (view.getUint32(0, true) !== 0x06054b50) {
    throw new Stop('not_whole', FILE, 'the last bytes are not the end of a directory');
  }
  if (at + bytes + END_BYTES !== size || bytes > MOST_DIRECTORY_BYTES)
    altered(FILE, `a directory of ${bytes} bytes at ${at} does not end the file of ${size}`);
  if (!same(found, directoryEnd(count, bytes, at))) altered(FILE, 'the end of the directory differs');
  return { count, bytes, at };
}

function parseDirectory(bytes: Uint8Array, count: number): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const members: ZipMember[] = [];
  let at = 0;
  while (at + 46 <= bytes.length) {
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const method = view.getUint16(at + 10, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
    if (method !== 0 && method !== 8) altered(name, `packing method ${method}`);
    const member: ZipMember = {
      name,
      method,
      crc: view.getUint32(at + 16, true),
      stored: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    if (!same(bytes.subarray(at, nameEnd), directoryEntry(member)))
      altered(name, 'its directory entry differs');
    if (members.some(other => other.name === name)) altered(name, 'the name comes twice');
    members.push(member);
    at = nameEnd;
  }
  if (at !== bytes.length || members.length !== count)
    altered(FILE, 'the directory is not as long as it says');
  return members;
}

/** The bytes as stored, in pieces. */
export async function* storedBytes(source: ByteSource, member: ZipMember): AsyncGenerator<Uint8Array> {
  const from = member.at + localHeader(member).length;
  for (let at = from; at < from + member.stored; at += PIECE_BYTES) {
    yield await source.read(at, Math.min(at + PIECE_BYTES, from + member.stored));
  }
}

/** The content, in pieces; `onStored` sees the stored bytes it is unpacked from. Throws Stop `member_altered`. */
export async function* contentOf(
  source: ByteSource,
  member: ZipMember,
  onStored: (bytes: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const stored = tapped(storedBytes(source, member), onStored);
  const pieces = member.method === 0 ? stored : inflated(stored, member.name);
  let size = 0;
  let crc = 0;
  for await (const piece of pieces) {
    size += piece.length;
    // A small file that unpacks to a huge one is refused at the size it states.
    if (size > member.size) break;
    crc = crc32(piece, crc);
    yield piece;
  }
  if (size !== member.size || crc !== member.crc)
    throw new Stop('member_altered', member.name, 'size or checksum is not what the directory says');
}

async function* tapped(pieces: AsyncIterable<Uint8Array>, onPiece: (bytes: Uint8Array) => void) {
  for await (const piece of pieces) {
    onPiece(piece);
    yield piece;
  }
}

async function* inflated(stored: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const packed = new ReadableStream<BufferSource>({
    async pull(controller) {
      const { done, value } = await stored.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    if (cause instanceof Stop) throw cause;
    throw new Stop('member_altered', name, 'it cannot be unpacked');
  } finally {
    await reader.cancel().catch(() => {}); // after an error there is nothing left to let go of
  }
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function altered(place: string, detail: string): never {
  throw new Stop('zip_altered', place, detail);
}
