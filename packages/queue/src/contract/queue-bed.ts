// SPDX-License-Identifier: Apache-2.0
// What a contract suite needs of an engine, and the queues it opens there.
import { randomUUID } from 'node:crypto';
import { openQueue } from '../open-queue.ts';
import type { QueueOptions } from '../options.ts';
import type { Published, Queue } from '../queue.ts';

export interface QueueBed {
  url(): string;
  options: QueueOptions;
  /** Makes the engine forget everything before `before`, as its retention would. */
  forget(queue: Queue, topic: string, partition: number, before: number): Promise<void>;
  /** Deletes the topic behind the queue's back; the queue is closed meanwhile. */
  deleteTopic(topic: string): Promise<void>;
}

/** Opens queues on a bed and closes those that a test left open. */
export function createOpenQueues(bed: QueueBed) {
  const open = new Set<Queue>();
  function opened(options: QueueOptions = {}): Queue {
    const queue = openQueue(bed.url(), { ...bed.options, ...options });
    open.add(queue);
    return queue;
  }
  async function withTopic(partitions = 1): Promise<{ queue: Queue; topic: string }> {
    const queue = opened();
    const topic = `t-${randomUUID()}`;
    await queue.ensureTopics([{ topic, partitions }]);
    return { queue, topic };
  }
  async function close(queue: Queue): Promise<void> {
    open.delete(queue);
    await queue.close();
  }
  async function closeAll(): Promise<void> {
    for (const queue of open) await close(queue);
  }
  return { opened, withTopic, close, closeAll };
}

/** Messages that hold the numbers 0, 1, 2 … for one partition. */
export function numbered(topic: string, count: number, partition = 0): Published[] {
  return Array.from({ length: count }, (_, i) => ({
    topic,
    key: null,
    value: Buffer.from(String(i)),
    partition,
  }));
}
