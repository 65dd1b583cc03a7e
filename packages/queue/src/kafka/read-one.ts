// SPDX-License-Identifier: Apache-2.0
import { QueueError } from '../errors.ts';
import type { Message } from '../queue.ts';
import { decompress } from './codecs.ts';
import { fetchFrom } from './fetch.ts';
import { heldOffsets } from './held-offsets.ts';
import type { Cluster } from './kafkajs-private.ts';
import { walkBatches } from './walk-batches.ts';

const ONE_BATCH = 1;
const TOTAL_BYTES = 64 << 20;

/** The message at exactly this offset, or undefined when none is held there. One attempt. */
export async function readOne(
  cluster: Cluster,
  { topic, partition, offset }: { topic: string; partition: number; offset: number },
): Promise<Message | undefined> {
  const held = (await heldOffsets(cluster, topic, [partition]))[0];
  if (held === undefined)
    throw new QueueError('TOPIC_MISMATCH', `topic ${topic} has no partition ${partition}`);
  if (offset < held.low || offset >= held.high) return undefined;
  const leader = cluster
    .findTopicPartitionMetadata(topic)
    .find(({ partitionId }) => partitionId === partition)!.leader;
  const broker = await cluster.findBroker({ nodeId: leader });
  // The broker gives at least one whole batch, however small the limit.
  const limits = { maxWaitMs: 0, partitionBytes: ONE_BATCH, totalBytes: TOTAL_BYTES };
  const [fetched] = await fetchFrom(broker, [{ topic, partition, offset }], limits);
  if (fetched === undefined || fetched.error !== 0) throw new Error(`broker error ${fetched?.error}`);
  if (fetched.unreadable !== undefined) throw unreadable(topic, partition, offset, fetched.unreadable);
  const batch = fetched.batches[0];
  if (batch === undefined || batch.control || batch.base > offset) return undefined;
  try {
    const plain = await decompress(batch.codec, batch.payload);
    const first = walkBatches(offset, [batch], [plain]).messages[0];
    return first?.offset === offset ? first : undefined;
  } catch (cause) {
    throw unreadable(topic, partition, offset, cause);
  }
}

function unreadable(topic: string, partition: number, offset: number, cause: unknown): QueueError {
  return new QueueError(
    'BATCH_UNREADABLE',
    `${topic}/${partition}: the batch of offset ${offset} cannot be decoded`,
    { cause },
  );
}
