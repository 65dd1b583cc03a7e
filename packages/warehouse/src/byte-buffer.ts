// SPDX-License-Identifier: Apache-2.0
// A buffer that grows, with the few writes that ClickHouse's binary formats are made of. Little endian.

export interface ByteBuffer {
  /** LEB128, up to 2^32 - 1. */
  varint(value: number): void;
  byte(value: number): void;
  uint32(value: number): void;
  /** Two's complement of an integer within ±2^53. */
  int64(value: number): void;
  /** Length in bytes as varint, then UTF-8. */
  string(value: string): void;
  /** One byte a character, as many as there are. */
  latin1(value: string): void;
  /** A view of what was written; later writes may move or change it. */
  taken(): Buffer;
}

const TWO_32 = 4_294_967_296;
/** Below this length a loop beats the call into the runtime. */
const SHORT = 48;

export function createByteBuffer(expected: number): ByteBuffer {
  let bytes = Buffer.allocUnsafeSlow(Math.max(64, expected));
  let end = 0;

  function reserve(more: number): void {
    if (end + more <= bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, end + more));
    bytes.copy(grown, 0, 0, end);
    bytes = grown;
  }

  function varint(value: number): void {
    reserve(5);
    let rest = value;
    while (rest > 127) {
      bytes[end++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[end++] = rest;
  }

  function uint32(value: number): void {
    reserve(4);
    put32(value);
  }

  function put32(value: number): void {
    bytes[end] = value;
    bytes[end + 1] = value >>> 8;
    bytes[end + 2] = value >>> 16;
    bytes[end + 3] = value >>> 24;
    end += 4;
  }

  function int64(value: number): void {
    reserve(8);
    put32(value >>> 0);
    put32(Math.floor(value / TWO_32) >>> 0);
  }

  function string(value: string): void {
    const length = value.length;
    reserve(length * 3 + 5);
    if (length < SHORT && shortAscii(value, length)) return;
    const size = Buffer.byteLength(value, 'utf8');
    varint(size);
    end += bytes.write(value, end, size, 'utf8');
  }

  /** Writes length and characters in one go; leaves nothing behind when one is not ASCII. */
  function shortAscii(value: string, length: number): boolean {
    const start = end + 1;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[start + i] = code;
    }
    bytes[end] = length;
    end = start + length;
    return true;
  }

  return {
    varint,
    uint32,
    int64,
    string,
    byte(value) {
      reserve(1);
      bytes[end++] = value;
    },
    latin1(value) {
      reserve(value.length);
      for (let i = 0; i < value.length; i++) bytes[end + i] = value.charCodeAt(i);
      end += value.length;
    },
    taken: () => bytes.subarray(0, end),
  };
}
