// SPDX-License-Identifier: Apache-2.0
// The one form in which extracts are zipped (PKWARE APPNOTE 6.3.4 sections 4.3.7, 4.3.9, 4.3.12, 4.3.16): members end
// to end from the first byte, each followed by its descriptor, then the directory, then its end, then nothing. The
// headers of a member follow from what the directory says of it, so a reader compares them byte for byte.

const encoder = new TextEncoder();

export interface ZipMember {
  name: string;
  /** 0 = stored, 8 = deflated. */
  method: 0 | 8;
  crc: number;
  /** Bytes as stored, and as read. */
  stored: number;
  size: number;
  /** Where its header begins. */
  at: number;
}

export const END_BYTES = 22;
export const DESCRIPTOR_BYTES = 16;
const VERSION = 20;
/** Sizes come after the data; the other bits say how hard the packer tried (level 3: fast). */
const FLAGS = { 0: 0x08, 8: 0x0c } as const;
/** 1980-01-01 00:00, the first time there is: when it was packed says nothing. */
const DAY_ONE = 0x0021_0000;

function bytesOf(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

export function localHeader({ name, method }: ZipMember): Uint8Array {
  const text = encoder.encode(name);
  const header = bytesOf(30 + text.length, view => {
    view.setUint32(0, 0x04034b50, true);
    view.setUint16(4, VERSION, true);
    view.setUint16(6, FLAGS[method], true);
    view.setUint16(8, method, true);
    view.setUint32(10, DAY_ONE, true);
    view.setUint16(26, text.length, true);
  });
  header.set(text, 30);
  return header;
}

export function descriptor({ crc, stored, size }: ZipMember): Uint8Array {
  return bytesOf(DESCRIPTOR_BYTES, view => {
    view.setUint32(0, 0x08074b50, true);
    view.setUint32(4, crc, true);
    view.setUint32(8, stored, true);
    view.setUint32(12, size, true);
  });
}

export function directoryEntry(member: ZipMember): Uint8Array {
  const text = encoder.encode(member.name);
  const entry = bytesOf(46 + text.length, view => {
    view.setUint32(0, 0x02014b50, true);
    view.setUint16(4, VERSION, true);
    view.setUint16(6, VERSION, true);
    view.setUint16(8, FLAGS[member.method], true);
    view.setUint16(10, member.method, true);
    view.setUint32(12, DAY_ONE, true);
    view.setUint32(16, member.crc, true);
    view.setUint32(20, member.stored, true);
    view.setUint32(24, member.size, true);
    view.setUint16(28, text.length, true);
    view.setUint32(42, member.at, true);
  });
  entry.set(text, 46);
  return entry;
}

export function directoryEnd(count: number, bytes: number, at: number): Uint8Array {
  return bytesOf(END_BYTES, view => {
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(8, count, true);
    view.setUint16(10, count, true);
    view.setUint32(12, bytes, true);
    view.setUint32(16, at, true);
  });
}
