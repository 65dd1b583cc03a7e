// SPDX-License-Identifier: Apache-2.0
// Asks the leaders which offsets they hold.
import { QueueError } from '../errors.ts';
import type { Cluster, ListedOffsets } from './kafkajs-private.ts';

const EARLIEST = -2;
const LATEST = -1;
const READ_UNCOMMITTED = 0;

export interface Held {
  partition: number;
  low: number;
  high: number;
}

/** Oldest and next offset of each partition asked for (all when none is named), in order. One attempt. */
export async function heldOffsets(cluster: Cluster, topic: string, asked?: number[]): Promise<Held[]> {
  await cluster.addMultipleTargetTopics([topic]);
  const known = cluster.findTopicPartitionMetadata(topic);
  if (known.length === 0)
    throw new QueueError('TOPIC_MISSING', `topic ${topic} does not exist; call ensureTopics first`);
  const partitions = known.filter(({ partitionId }) => asked === undefined || asked.includes(partitionId));
  const byLeader = Map.groupBy(partitions, ({ leader }) => leader);
  const held = await Promise.all(
    [...byLeader].map(async ([nodeId, led]) => {
      const broker = await cluster.findBroker({ nodeId });
      const list = async (timestamp: number) =>
        offsetsOf(
          await broker.listOffsets({
            isolationLevel: READ_UNCOMMITTED,
            topics: [
              { topic, partitions: led.map(({ partitionId }) => ({ partition: partitionId, timestamp })) },
            ],
          }),
        );
      const [lows, highs] = [await list(EARLIEST), await list(LATEST)];
      return led.map(({ partitionId }) => ({
        partition: partitionId,
        low: lows.get(partitionId)!,
        high: highs.get(partitionId)!,
      }));
    }),
  );
  return held.flat().sort((a, b) => a.partition - b.partition);
}

function offsetsOf({ responses }: ListedOffsets): Map<number, number> {
  return new Map(
    responses.flatMap(({ partitions }) =>
      partitions.map(({ partition, offset }) => [partition, Number(offset)]),
    ),
  );
}
