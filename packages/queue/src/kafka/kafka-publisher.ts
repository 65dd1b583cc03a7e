// SPDX-License-Identifier: Apache-2.0
// Publishing so that no acknowledged message is lost when a leader moves: kafkajs forgets partitions when a
// send spans several or several sends are under way (tulios/kafkajs issue 1303), so each partition has one
// worker, which sends one batch to that partition alone and repeats the identical batch until acknowledged.
import { CompressionTypes } from 'kafkajs';
import { QueueError } from '../errors.ts';
import { checkSize } from '../message-size.ts';
import type { Settings } from '../options.ts';
import { createPartitioner } from '../partition-of.ts';
import type { Position, Published, Publisher } from '../queue.ts';
import type { KafkaClient } from './kafka-client.ts';
import { createPartitionSender, type PartitionSender } from './partition-sender.ts';
import { createProducerHolder } from './producer-holder.ts';

const COMPRESSION = { zstd: CompressionTypes.ZSTD, gzip: CompressionTypes.GZIP, none: CompressionTypes.None };

export function createKafkaPublisher(
  client: KafkaClient,
  partitionsOf: (topic: string) => Promise<number>,
  settings: Settings,
): Publisher {
  const partitionFor = createPartitioner();
  const holder = createProducerHolder(client, settings.report);
  const senders = new Map<string, PartitionSender>();
  const accepted = new Set<Promise<unknown>>();
  let closed = false;
  // Calls take turns at looking topics up, so that they reach the senders in their order.
  let turn: Promise<unknown> = Promise.resolve();

  function senderOf(topic: string, partition: number): PartitionSender {
    const name = `${topic}/${partition}`;
    let sender = senders.get(name);
    if (sender === undefined) {
      sender = createPartitionSender({
        topic,
        partition,
        holder,
        compression: COMPRESSION[settings.compression],
        report: settings.report,
      });
      senders.set(name, sender);
    }
    return sender;
  }

  async function store(messages: Published[]): Promise<{ stored: Promise<Position[]> }> {
    const placed: { message: Published; partition: number }[] = [];
    for (const message of messages) {
      checkSize(message, settings.maxMessageBytes);
      const partitions = await partitionsOf(message.topic);
      const partition = partitionFor(message, partitions);
      if (partition < 0 || partition >= partitions) {
        throw new QueueError(
          'TOPIC_MISMATCH',
          `topic ${message.topic} has ${partitions} partitions, got partition ${partition}`,
        );
      }
      placed.push({ message, partition });
    }
    const positions: Position[] = new Array(placed.length);
    const shares = Map.groupBy(
      placed.entries(),
      ([, { message, partition }]) => `${message.topic}/${partition}`,
    );
    const writes = [...shares.values()].map(async share => {
      const { message, partition } = share[0]![1];
      const first = await senderOf(message.topic, partition).send(share.map(([, one]) => one.message));
      for (const [i, [index]] of share.entries())
        positions[index] = { topic: message.topic, partition, offset: first[i]! };
    });
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
      await holder.close();
    },
  };
}
