// SPDX-License-Identifier: Apache-2.0
// Reads every partition of some topics forward, each at its subscriber's pace.
import type { Subscription } from '../queue.ts';
import { checkStart, expiredChunk } from '../start-offset.ts';
import type { PartitionLog } from './partition-log.ts';
import type { Topic } from './topic-folder.ts';

/** Resolves when aborted and drained; rejects with the first failure, after the other partitions stopped. */
export async function followTopics(
  topics: (Topic & { name: string })[],
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  const partitions = topics.flatMap(({ name, logs }) =>
    logs.map((log, partition) => ({ name, log, partition })),
  );
  const results = await Promise.allSettled(
    partitions.map(async ({ name, log, partition }) => {
      try {
        await followPartition(log, { topic: name, partition }, subscription, stop);
      } catch (cause) {
        failing.abort();
        throw cause;
      } finally {
        await subscription.onRevoked(name, partition);
      }
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function followPartition(
  log: PartitionLog,
  { topic, partition }: { topic: string; partition: number },
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const held = { low: log.low(), high: log.high() };
  let offset = checkStart(topic, partition, await subscription.startAt(topic, partition, held), log.high());
  let reader = log.reader(offset);
  try {
    while (!signal.aborted) {
      const low = log.low();
      if (offset < low) {
        await subscription.onChunk(expiredChunk(topic, partition, offset, low, log.high()));
        offset = low;
        await reader.close();
        reader = log.reader(offset);
        continue;
      }
      const more = log.appended(signal);
      const messages = await reader.next();
      if (messages.length === 0) {
        if (offset >= log.high()) await more;
        continue;
      }
      const to = messages.at(-1)!.offset;
      await subscription.onChunk({
        topic,
        partition,
        from: offset,
        to,
        messages,
        gaps: [],
        highWatermark: log.high(),
      });
      offset = to + 1;
    }
  } finally {
    await reader.close();
  }
}
