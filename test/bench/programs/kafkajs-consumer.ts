// SPDX-License-Identifier: Apache-2.0
// kafkajs as its documentation shows it, with zstd registered (Node's own) and nothing committed.

import { promisify } from 'node:util';
import zlib from 'node:zlib';
import kafkajs, { type Consumer } from 'kafkajs';

const decompress = promisify(zlib.zstdDecompress);

/** A connected consumer of the topic from its beginning, in a group of its own. */
export async function openConsumer(bootstrap: string, topic: string): Promise<Consumer> {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: () => Promise.reject(new Error('this program only reads')),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
  const client = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.ERROR });
  const consumer = client.consumer({
    groupId: `bench-${crypto.randomUUID()}`,
    maxWaitTimeInMs: 200,
    retry: { retries: 0 },
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  return consumer;
}
