// SPDX-License-Identifier: Apache-2.0
import { QueueError } from '../errors.ts';
import type { Cluster } from './kafkajs-private.ts';

/** The topic's partitions and their leaders, as the brokers say; throws `TOPIC_MISSING` when there is none. */
export async function knownPartitions(
  cluster: Cluster,
  topic: string,
): Promise<{ partitionId: number; leader: number }[]> {
  await cluster.addMultipleTargetTopics([topic]);
  const known = cluster.findTopicPartitionMetadata(topic);
  if (known.length > 0) return known;
  throw new QueueError('TOPIC_MISSING', `topic ${topic} does not exist; call ensureTopics first`);
}
