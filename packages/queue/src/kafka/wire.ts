// SPDX-License-Identifier: Apache-2.0
// Reads the numbers and strings of Kafka's wire format from bytes that came from outside.

export interface WireReader {
  at: number;
  readonly bytes: Buffer;
}

/** A signed 64-bit number; offsets and times stay far below 2^53. */
export function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

export function takeInt16(reader: WireReader): number {
  const value = reader.bytes.readInt16BE(reader.at);
  reader.at += 2;
  return value;
}

export function takeInt32(reader: WireReader): number {
  const value = reader.bytes.readInt32BE(reader.at);
  reader.at += 4;
  return value;
}

export function takeInt64(reader: WireReader): number {
  const value = int64(reader.bytes, reader.at);
  reader.at += 8;
  return value;
}

export function takeString(reader: WireReader): string {
  const length = takeInt16(reader);
  const value = reader.bytes.toString('utf8', reader.at, reader.at + length);
  reader.at += length;
  return value;
}

/** A zigzag varint of up to 32 bits. */
export function takeVarint(reader: WireReader): number {
  const { bytes } = reader;
  let byte = bytes[reader.at++]!;
  let value = byte & 0x7f;
  for (let shift = 7; byte > 0x7f; shift += 7) {
    if (shift > 28 || reader.at >= bytes.length) throw new RangeError('a number runs past its end');
    byte = bytes[reader.at++]!;
    value |= (byte & 0x7f) << shift;
  }
  return (value >>> 1) ^ -(value & 1);
}

/** A zigzag varint of up to 64 bits, exact below 2^53. */
export function takeVarlong(reader: WireReader): number {
  const { bytes } = reader;
  let value = 0;
  let scale = 1;
  for (let count = 0; ; count++) {
    if (count > 9 || reader.at >= bytes.length) throw new RangeError('a number runs past its end');
    const byte = bytes[reader.at++]!;
    value += (byte & 0x7f) * scale;
    if (byte <= 0x7f) break;
    scale *= 128;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
