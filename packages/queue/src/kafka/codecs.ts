// SPDX-License-Identifier: Apache-2.0
// The compressions a producer may have used, ours or a foreign one's.
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { decompressFrame } from 'lz4-napi';
import { uncompress } from 'snappy';

const gunzipAsync = promisify(gunzip);
const zstdDecompressAsync = promisify(zstdDecompress);

/** A batch that grows beyond this is refused: a broker takes at most some MiB compressed. */
const MAX_PLAIN_BYTES = 512 << 20;
/**
 * zlib hands output over in pieces of this size, and each piece costs a round trip through its threads: JSON
 * events mostly shrink to no less than a sixteenth, so that one piece holds a batch; what is
 * not touched of it costs nothing. The bound is for a hostile batch.
 */
const pieceBytes = (payload: Buffer) => Math.min(4 << 20, Math.max(64 << 10, payload.length * 16));
const XERIAL_MARK = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);

/** Decompresses one batch's payload; rejects when the bytes are not what `codec` says. */
export async function decompress(codec: number, payload: Buffer): Promise<Buffer> {
  switch (codec) {
    case 0:
      return payload;
    case 1:
      return gunzipAsync(payload, { maxOutputLength: MAX_PLAIN_BYTES, chunkSize: pieceBytes(payload) });
    case 2:
      return uncompressSnappy(payload);
    case 3:
      return decompressFrame(payload);
    case 4:
      return zstdDecompressAsync(payload, {
        maxOutputLength: MAX_PLAIN_BYTES,
        chunkSize: pieceBytes(payload),
      });
    default:
      throw new RangeError(`compression ${codec} is not known`);
  }
}

/** librdkafka writes plain snappy; Java wraps blocks of it in xerial's framing (mark, 2 versions, length + block). */
async function uncompressSnappy(payload: Buffer): Promise<Buffer> {
  if (!payload.subarray(0, 8).equals(XERIAL_MARK)) return snappyBlock(payload);
  const blocks: Buffer[] = [];
  for (let at = 16; at < payload.length; ) {
    const end = at + 4 + payload.readUInt32BE(at);
    if (end > payload.length) throw new RangeError('a snappy block runs past its batch');
    blocks.push(await snappyBlock(payload.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}

async function snappyBlock(block: Buffer): Promise<Buffer> {
  const plain = await uncompress(block, { asBuffer: true });
  return typeof plain === 'string' ? Buffer.from(plain) : plain;
}
