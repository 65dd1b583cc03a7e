// SPDX-License-Identifier: Apache-2.0
import { QueueError } from '../errors.ts';
import { checkSize } from '../message-size.ts';
import { createPartitioner } from '../partition-of.ts';
import type { Position, Published, Publisher } from '../queue.ts';
import type { Unframed } from './frame.ts';
import type { PartitionLog } from './partition-log.ts';
import { partitionLog, type Topic } from './topic-folder.ts';

/** The messages of one call that go to one partition, and where each stood in the call. */
interface Share {
  log: PartitionLog;
  topic: string;
  partition: number;
  messages: Unframed[];
  indexes: number[];
}

export function createFilePublisher(
  topicNamed: (name: string) => Promise<Topic>,
  maxMessageBytes: number,
): Publisher {
  const partitionFor = createPartitioner();
  const accepted = new Set<Promise<unknown>>();
  let closed = false;
  // Looking topics up may wait; calls take turns at it, so that they reach the writers in their order.
  let turn: Promise<unknown> = Promise.resolve();

  /** Checks the whole call before any of it is stored. */
  async function divide(messages: Published[]): Promise<Share[]> {
    const shares = new Map<PartitionLog, Share>();
    for (const [index, message] of messages.entries()) {
      checkSize(message, maxMessageBytes);
      const topic = await topicNamed(message.topic);
      const partition = partitionFor(message, topic.logs.length);
      const log = partitionLog(topic, message.topic, partition);
      let share = shares.get(log);
      if (share === undefined) {
        share = { log, topic: message.topic, partition, messages: [], indexes: [] };
        shares.set(log, share);
      }
      share.messages.push({
        key: message.key === null ? null : Buffer.from(message.key),
        value: message.value,
      });
      share.indexes.push(index);
    }
    return [...shares.values()];
  }

  async function store(messages: Published[]): Promise<{ stored: Promise<Position[]> }> {
    const shares = await divide(messages);
    const positions: Position[] = [];
    const writes = shares.map(async ({ log, topic, partition, messages: unframed, indexes }) => {
      const first = await log.append(unframed);
      for (const [i, index] of indexes.entries()) positions[index] = { topic, partition, offset: first + i };
    });
    // Wrapped, so that the next call's turn comes when the writes were begun, not when they are done.
    return { stored: Promise.all(writes).then(() => positions) };
  }

  return {
    publish(messages) {
      if (closed) return Promise.reject(new QueueError('CLOSED', 'publish after the publisher was closed'));
      const begun = turn.then(() => store(messages));
      turn = begun.catch(() => undefined);
      const done = begun.then(({ stored }) => stored);
      const settled = done.then(
        () => undefined,
        () => undefined,
      );
      accepted.add(settled);
      void settled.then(() => accepted.delete(settled));
      return done;
    },
    async close() {
      closed = true;
      await Promise.all(accepted);
    },
  };
}
