// SPDX-License-Identifier: Apache-2.0
// A buffer that grows, with the few writes that ClickHouse's binary formats are made of. Little endian.

export interface ByteBuffer {
  /** Valid up to `end`; replaced when it grows. */
  bytes: Buffer;
  end: number;
}

const TWO_32 = 4_294_967_296;
/** Below this length a loop beats the call into the runtime. */
const SHORT = 48;

export function createByteBuffer(expected: number): ByteBuffer {
  return { bytes: Buffer.allocUnsafeSlow(Math.max(64, expected)), end: 0 };
}

/** A view of what was written; later writes may move or change it. */
export const taken = (to: ByteBuffer): Buffer => to.bytes.subarray(0, to.end);

function reserve(to: ByteBuffer, more: number): void {
  if (to.end + more <= to.bytes.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(to.bytes.length * 2, to.end + more));
  to.bytes.copy(grown, 0, 0, to.end);
  to.bytes = grown;
}

/** LEB128, up to 2^32 - 1. */
export function writeVarint(to: ByteBuffer, value: number): void {
  reserve(to, 5);
  let rest = value;
  while (rest > 127) {
    to.bytes[to.end++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  to.bytes[to.end++] = rest;
}

export function writeZeros(to: ByteBuffer, count: number): void {
  if (count <= 0) return;
  reserve(to, count);
  to.bytes.fill(0, to.end, to.end + count);
  to.end += count;
}

export function writeByte(to: ByteBuffer, value: number): void {
  reserve(to, 1);
  to.bytes[to.end++] = value;
}

export function writeUint32(to: ByteBuffer, value: number): void {
  reserve(to, 4);
  const { bytes, end } = to;
  bytes[end] = value;
  bytes[end + 1] = value >>> 8;
  bytes[end + 2] = value >>> 16;
  bytes[end + 3] = value >>> 24;
  to.end = end + 4;
}

/** Two's complement of an integer within ±2^53. */
export function writeInt64(to: ByteBuffer, value: number): void {
  writeUint32(to, value >>> 0);
  writeUint32(to, Math.floor(value / TWO_32) >>> 0);
}

/** One byte a character, as many as there are. */
export function writeLatin1(to: ByteBuffer, value: string): void {
  reserve(to, value.length);
  const { bytes, end } = to;
  for (let i = 0; i < value.length; i++) bytes[end + i] = value.charCodeAt(i);
  to.end = end + value.length;
}

/** Length in bytes as varint, then UTF-8. */
export function writeString(to: ByteBuffer, value: string): void {
  reserve(to, value.length * 3 + 5);
  if (value.length < SHORT && writeShortAscii(to, value)) return;
  const size = Buffer.byteLength(value, 'utf8');
  writeVarint(to, size);
  to.end += to.bytes.write(value, to.end, size, 'utf8');
}

/** Writes length and characters in one go; leaves nothing behind when one is not ASCII. */
function writeShortAscii(to: ByteBuffer, value: string): boolean {
  const { bytes, end } = to;
  const { length } = value;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code > 127) return false;
    bytes[end + 1 + i] = code;
  }
  bytes[end] = length;
  to.end = end + 1 + length;
  return true;
}
