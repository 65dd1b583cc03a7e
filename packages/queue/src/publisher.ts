// SPDX-License-Identifier: Apache-2.0
// What publishing is on every engine: check the whole call, place each message, store in the order of the calls.
import { QueueError } from './errors.ts';
import { createPartitioner } from './partition-of.ts';
import type { Position, Published, Publisher } from './queue.ts';

export interface PublisherDeps {
  maxMessageBytes: number;
  /** The lanes of the topic by partition; rejects when there is no such topic. */
  lanesOf: (topic: string) => Promise<Lane[]>;
  onClose: () => Promise<void>;
}

/** Takes its place in the partition's order when called; resolves with each offset when all are durable. */
export type Lane = (messages: Published[]) => Promise<number[]>;

/** The messages of one call that go to one partition, and where each stood in the call. */
interface Share {
  lane: Lane;
  topic: string;
  partition: number;
  messages: Published[];
  indexes: number[];
}

export function createPublisher({ maxMessageBytes, lanesOf, onClose }: PublisherDeps): Publisher {
  const partitionFor = createPartitioner();
  const accepted = new Set<Promise<unknown>>();
  let closed = false;
  // Looking topics up may wait; calls take turns at it, so that they reach the partitions in their order.
  let turn: Promise<unknown> = Promise.resolve();

  async function divide(messages: Published[]): Promise<Share[]> {
    const lanes = new Map<string, Lane[]>();
    const shares = new Map<Lane, Share>();
    for (const [index, message] of messages.entries()) {
      checkSize(message, maxMessageBytes);
      const { topic } = message;
      const choices = lanes.get(topic) ?? (await lanesOf(topic));
      lanes.set(topic, choices);
      const partition = partitionFor(message, choices.length);
      checkPartition(topic, partition, choices.length);
      const lane = choices[partition]!;
      const share = shares.get(lane) ?? { lane, topic, partition, messages: [], indexes: [] };
      shares.set(lane, share);
      share.messages.push(message);
      share.indexes.push(index);
    }
    return [...shares.values()];
  }

  async function begin(messages: Published[]): Promise<{ stored: Promise<Position[]> }> {
    const positions: Position[] = new Array(messages.length);
    const writes = (await divide(messages)).map(
      async ({ lane, topic, partition, messages: own, indexes }) => {
        const offsets = await lane(own);
        for (const [i, index] of indexes.entries())
          positions[index] = { topic, partition, offset: offsets[i]! };
      },
    );
    // Wrapped, so that the next call's turn comes when the writes were begun, not when they are done.
    return { stored: Promise.all(writes).then(() => positions) };
  }

  return {
    publish(messages) {
      if (closed) return Promise.reject(new QueueError('CLOSED', 'publish after the publisher was closed'));
      const begun = turn.then(() => begin(messages));
      turn = begun.catch(() => undefined);
      const done = begun.then(({ stored }) => stored);
      const settled = done.then(nothing, nothing);
      accepted.add(settled);
      void settled.then(() => accepted.delete(settled));
      return done;
    },
    async close() {
      closed = true;
      await Promise.all(accepted);
      await onClose();
    },
  };
}

function nothing(): void {}

function checkSize(message: Published, maxBytes: number): void {
  const bytes = message.value.length + (message.key === null ? 0 : Buffer.byteLength(message.key));
  if (bytes <= maxBytes) return;
  throw new QueueError(
    'MESSAGE_TOO_LARGE',
    `a message for ${message.topic} is ${bytes} bytes, at most ${maxBytes} are accepted`,
  );
}

/** Throws `TOPIC_MISMATCH` unless the topic has this partition. */
export function checkPartition(topic: string, partition: number, partitions: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  throw new QueueError(
    'TOPIC_MISMATCH',
    `topic ${topic} has ${partitions} partitions, got partition ${partition}`,
  );
}
