// SPDX-License-Identifier: Apache-2.0
// One topic with all events, filled once: what every arm of every round drains.
import { openQueue, type Publisher } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { PARTITIONS, walkEvent } from './walk-events.ts';

const BATCH = 500;

/**
 * Makes the topic and fills it through our publisher: zstd, batches of 500 of one partition. The topic stamps
 * messages with its own clock, so its retention of 14 days takes nothing away, whatever the events' clock says.
 */
export async function fillTopic(
  bootstrap: string,
  events: number,
  say: (line: string) => void,
): Promise<string> {
  const topic = TOPICS.access;
  const queue = openQueue(`kafka://${bootstrap}`);
  try {
    await queue.ensureTopics([{ topic, partitions: PARTITIONS }]);
    const publisher = queue.publisher();
    const since = Date.now() - events;
    const each = events / PARTITIONS;
    const began = performance.now();
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    await Promise.all(partitions.map(partition => fillPartition(publisher, topic, partition, each, since)));
    await publisher.close();
    const held = (await queue.offsets(topic)).map(({ low, high }) => high - low);
    if (held.some(count => count !== each)) {
      throw new Error(`the topic holds ${held.join(', ')} messages, expected ${each} in each partition`);
    }
    say(
      `topic filled with ${events} events, ${Math.round((events * 1000) / (performance.now() - began))} a second`,
    );
    return topic;
  } finally {
    await queue.close();
  }
}

async function fillPartition(
  publisher: Publisher,
  topic: string,
  partition: number,
  count: number,
  since: number,
): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => ({
      topic,
      partition,
      ...walkEvent(partition, from + i, since),
    }));
    await publisher.publish(batch);
  }
}
