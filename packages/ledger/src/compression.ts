// SPDX-License-Identifier: Apache-2.0
// zstd level 1: on access events it is both smaller and faster than level 3. Runs in libuv's threads.
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const compress = promisify(zlib.zstdCompress);
const decompress = promisify(zlib.zstdDecompress);
/** Output comes in pieces of this size, each a round trip through a thread: zlib's own 16 KiB double the cost. */
const PIECE_BYTES = 2 ** 20;
const LEVEL_1 = { chunkSize: PIECE_BYTES, params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };

export const zstdCompress = (bytes: Uint8Array): Promise<Buffer> => compress(bytes, LEVEL_1);
export const zstdDecompress = (bytes: Uint8Array): Promise<Buffer> =>
  decompress(bytes, { chunkSize: PIECE_BYTES });
