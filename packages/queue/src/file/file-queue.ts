// SPDX-License-Identifier: Apache-2.0
// The queue over files of one folder, for one process.
import { join } from 'node:path';
import { QueueError, storageError } from '../errors.ts';
import { type QueueOptions, withDefaults } from '../options.ts';
import { createPublisher } from '../publisher.ts';
import type { Published, Publisher, Queue, Subscription } from '../queue.ts';
import { followTopics } from './follow-topics.ts';
import type { Unframed } from './frame.ts';
import type { PartitionLog } from './partition-log.ts';
import { createQueueFolder, type QueueFolder } from './queue-folder.ts';
import { checkedName, replaceFile } from './topic-folder.ts';

/** A queue over files; it also serves as a spool: append, read on, forget what was acknowledged. */
export interface FileQueue extends Queue {
  /**
   * Forgets whole files that hold nothing at or after `before`, and resolves with the oldest offset still
   * held, which may be lower than `before`.
   */
  trim(topic: string, partition: number, before: number): Promise<number>;
  /**
   * A way to append without the publisher's turns: takes its place in the partition's order when called, resolves with
   * the first offset when all is durable, and throws `QUEUE_FULL` at once. A failed write fails those behind it too.
   */
  appender(topic: string, partition: number): Promise<(messages: Unframed[]) => Promise<number>>;
}

/**
 * The queue in folder `dir`, made when absent. No I/O before the first call; the first call takes the
 * folder's lock and rejects with `LOCKED` while another live process, or queue of this one, has it.
 */
export function openFileQueue(dir: string, options: QueueOptions = {}): FileQueue {
  const settings = withDefaults(options);
  const folder = createQueueFolder(dir, settings);
  const followers = new Map<string, Promise<void>>();
  const ending = new AbortController();
  // One topic is made at a time, so that two callers asking for the same one agree.
  let ensuring: Promise<void> = Promise.resolve();

  async function follow(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { topics: names, group } = subscription;
    const topics = await Promise.all(names.map(async name => ({ name, ...(await folder.topic(name)) })));
    if (followers.has(group)) {
      throw new QueueError('GROUP_TAKEN', `group ${group} already has a subscriber; a file queue allows one`);
    }
    const following = followTopics(topics, subscription, AbortSignal.any([signal, ending.signal]));
    followers.set(group, following);
    await following.finally(() => followers.delete(group));
  }

  return {
    ensureTopics(specs) {
      const task = ensuring.then(async () => {
        for (const spec of specs) await folder.ensureTopic(spec);
      });
      ensuring = task.catch(() => undefined);
      return task;
    },
    async offsets(name) {
      const { logs } = await folder.topic(name);
      return logs.map((log, partition) => ({ partition, low: log.low(), high: log.high() }));
    },
    async readAt(name, partition, offset) {
      const reader = (await folder.log(name, partition)).reader(offset);
      const [message] = await reader.next().finally(reader.close);
      return message;
    },
    publisher: () => createFilePublisher(folder, settings.maxMessageBytes),
    subscribe: follow,
    async commitHint(group, name, partition, next) {
      await folder.log(name, partition);
      const path = join(dir, 'groups', `${checkedName(group)}.${name}.${partition}`);
      await replaceFile(path, `${next}\n`).catch(cause => {
        throw storageError(`writing ${path}`, cause);
      });
    },
    ping: () => folder.open(),
    async trim(name, partition, before) {
      return (await folder.log(name, partition)).trim(before);
    },
    appender: async (name, partition) => (await folder.log(name, partition)).append,
    async close() {
      ending.abort();
      await Promise.allSettled(followers.values());
      await ensuring;
      await folder.close();
    },
  };
}

function createFilePublisher(folder: QueueFolder, maxMessageBytes: number): Publisher {
  return createPublisher({
    maxMessageBytes,
    lanesOf: async topic => (await folder.topic(topic)).logs.map(log => messages => append(log, messages)),
    onClose: async () => undefined,
  });
}

async function append(log: PartitionLog, messages: Published[]): Promise<number[]> {
  const unframed = messages.map(({ key, value }) => ({ key: key === null ? null : Buffer.from(key), value }));
  const first = await log.append(unframed);
  return messages.map((_, i) => first + i);
}
