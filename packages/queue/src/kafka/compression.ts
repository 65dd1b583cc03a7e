// SPDX-License-Identifier: Apache-2.0
// How our own batches are compressed. Node has zstd from 22.15 on; whoever only publishes may run on Node 20.
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs, { CompressionTypes } from 'kafkajs';
import { QueueError } from '../errors.ts';
import type { QueueOptions } from '../options.ts';

const PIECE_BYTES = 256 << 10;

/** The compression asked for, else zstd, or gzip on a Node without it. Throws `REFUSED` for zstd on such a one. */
export function compressionOf(asked: QueueOptions['compression']): CompressionTypes {
  if (typeof zlib.zstdCompress === 'function') {
    if (asked === undefined || asked === 'zstd') return zstd();
  } else if (asked === 'zstd') {
    const message = `this Node (${process.version}) has no zstd; use 22.15 or newer, or compression gzip`;
    throw new QueueError('REFUSED', message);
  }
  return asked === 'none' ? CompressionTypes.None : CompressionTypes.GZIP;
}

/** Teaches kafkajs's producer zstd, level 1: smaller and faster than 3 on small JSON events. */
function zstd(): CompressionTypes {
  const compress = promisify(zlib.zstdCompress);
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 1 };
  kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compress(buffer, { chunkSize: PIECE_BYTES, params }),
    decompress: () => Promise.reject(new Error('a producer reads no batches')),
  });
  return CompressionTypes.ZSTD;
}
