// SPDX-License-Identifier: Apache-2.0
// Asks the leaders which offsets they hold.
import type { Notice } from '../queue.ts';
import { pause } from '../signal.ts';
import { brokerError, isRefusal, kindOf } from './broker-errors.ts';
import type { Cluster, ListedOffsets } from './kafkajs-private.ts';
import { knownPartitions } from './known-partitions.ts';

const EARLIEST = -2;
const LATEST = -1;
const READ_UNCOMMITTED = 0;
const BACKOFF_MS = 200;

export interface Held {
  partition: number;
  low: number;
  high: number;
}

/** Oldest and next offset of each partition asked for (all when none is named), in order. One attempt. */
export async function heldOffsets(cluster: Cluster, topic: string, asked?: number[]): Promise<Held[]> {
  const known = await knownPartitions(cluster, topic);
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

/** Asks for one partition until a leader answers; undefined when stopped, `REFUSED` when waiting is no use. */
export async function heldPatiently(
  { cluster, report }: { cluster: Cluster; report: (notice: Notice) => void },
  { topic, partition }: { topic: string; partition: number },
  stop: AbortSignal,
): Promise<Held | undefined> {
  while (!stop.aborted) {
    try {
      const [held] = await heldOffsets(cluster, topic, [partition]);
      if (held !== undefined) return held;
    } catch (cause) {
      if (isRefusal(cause)) throw brokerError(`reading ${topic}`, cause);
      const text = `${topic}/${partition}: asking for its offsets: ${kindOf(cause)}, trying again`;
      report({ level: 'warn', text });
    }
    await pause(BACKOFF_MS, stop);
    // If this fails too, the next question says why.
    await cluster.refreshMetadata().catch(() => undefined);
  }
  return undefined;
}
