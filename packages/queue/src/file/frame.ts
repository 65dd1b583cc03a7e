// SPDX-License-Identifier: Apache-2.0
// The bytes of one stored message: length (4), CRC-32 of the body (4), body = offset (8), time (8), key
// length or -1 (4), key, value. Big-endian. A file is a 12-byte mark and a 4-byte random salt, then frames with
// offsets in a row. The CRC starts from the salt, so no message can hold bytes that look like a frame of its file.
import { crc32 } from 'node:zlib';
import type { Message } from '../queue.ts';

export const FILE_MARK = Buffer.from('ashiato-q 1\n');
export const FILE_HEAD = 16;
const HEAD = 8;
const FIXED = 20;

export interface Unframed {
  key: Uint8Array | null;
  value: Uint8Array;
}

export function frameSize(message: Unframed): number {
  return HEAD + FIXED + (message.key?.length ?? 0) + message.value.length;
}

/** Writes one frame at `at` and returns where it ends. */
export function writeFrame(
  into: Buffer,
  at: number,
  salt: number,
  stamp: { offset: number; appendedAt: number },
  message: Unframed,
): number {
  const end = at + frameSize(message);
  const body = at + HEAD;
  writeInt53(into, body, stamp.offset);
  writeInt53(into, body + 8, stamp.appendedAt);
  into.writeInt32BE(message.key === null ? -1 : message.key.length, body + 16);
  let next = body + FIXED;
  if (message.key !== null) {
    into.set(message.key, next);
    next += message.key.length;
  }
  into.set(message.value, next);
  into.writeUInt32BE(end - body, at);
  into.writeUInt32BE(crc32(into.subarray(body, end), salt), at + 4);
  return end;
}

export type FrameRead =
  | { kind: 'frame'; message: Message; end: number }
  | { kind: 'short'; needs: number }
  | { kind: 'bad' };

/**
 * Reads the frame at `at`: whole and right, or too short here (`needs` bytes from `at`), or not a frame.
 * The key and value share memory with `from`.
 */
export function readFrame(from: Buffer, at: number, salt: number): FrameRead {
  if (from.length - at < HEAD) return { kind: 'short', needs: HEAD + FIXED };
  const length = from.readUInt32BE(at);
  if (length < FIXED) return { kind: 'bad' };
  const body = at + HEAD;
  const end = body + length;
  if (end > from.length) return { kind: 'short', needs: HEAD + length };
  const bytes = from.subarray(body, end);
  if (crc32(bytes, salt) !== from.readUInt32BE(at + 4)) return { kind: 'bad' };
  const keyLength = bytes.readInt32BE(16);
  if (keyLength < -1 || FIXED + keyLength > length) return { kind: 'bad' };
  const valueAt = FIXED + Math.max(0, keyLength);
  return {
    kind: 'frame',
    end,
    message: {
      offset: readInt53(bytes, 0),
      appendedAt: readInt53(bytes, 8),
      key: keyLength < 0 ? null : bytes.subarray(FIXED, valueAt),
      value: bytes.subarray(valueAt),
    },
  };
}

/** Whether any whole, right frame begins after `at`: then bytes before it are damage, not a torn tail. */
export function frameAfter(bytes: Buffer, at: number, salt: number): number | undefined {
  for (let start = at + 1; start + HEAD + FIXED <= bytes.length; start++) {
    const length = bytes.readUInt32BE(start);
    if (length < FIXED || start + HEAD + length > bytes.length) continue;
    if (readFrame(bytes, start, salt).kind === 'frame') return start;
  }
  return undefined;
}

function writeInt53(into: Buffer, at: number, value: number): void {
  into.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  into.writeUInt32BE(value % 2 ** 32, at + 4);
}

function readInt53(from: Buffer, at: number): number {
  return from.readUInt32BE(at) * 2 ** 32 + from.readUInt32BE(at + 4);
}
