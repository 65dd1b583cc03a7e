// SPDX-License-Identifier: Apache-2.0
// Publishing so that no acknowledged message is lost when a leader moves: kafkajs forgets partitions when a
// send spans several or several sends are under way (tulios/kafkajs issue 1303), so each partition has one
// worker, which sends one batch to that partition alone and repeats the identical batch until acknowledged.
import { type QueueOptions, type Settings, withDefaults } from '../options.ts';
import { createPublisher, type Lane } from '../publisher.ts';
import type { Publisher } from '../queue.ts';
import { compressionOf } from './compression.ts';
import { createKafkaClient, type KafkaClient } from './kafka-client.ts';
import { createKafkaConnection } from './kafka-connection.ts';
import { knownPartitions } from './known-partitions.ts';
import { createPartitionSender } from './partition-sender.ts';
import { createProducerHolder } from './producer-holder.ts';

export function createKafkaPublisher(
  client: KafkaClient,
  partitionsOf: (topic: string) => Promise<number>,
  { maxMessageBytes, report, ...settings }: Settings,
): Publisher {
  const compression = compressionOf(settings.compression);
  const holder = createProducerHolder(client, report);
  const lanes = new Map<string, Lane[]>();

  async function lanesOf(topic: string): Promise<Lane[]> {
    const count = lanes.get(topic)?.length ?? (await partitionsOf(topic));
    // Another caller may have been faster; a topic never changes its partition count here.
    const known = lanes.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: count }, (_, partition) => {
      const sender = createPartitionSender({ topic, partition, holder, compression, report });
      return sender.send;
    });
    lanes.set(topic, made);
    return made;
  }

  return createPublisher({ maxMessageBytes, lanesOf, onClose: holder.close });
}

/** Publishing alone: needs neither the reading side nor the codecs of foreign producers. No I/O before the first call. */
export function openKafkaPublisher(brokers: string[], options: QueueOptions): Publisher {
  const settings = withDefaults(options);
  const client = createKafkaClient(brokers, settings);
  const { ask, close } = createKafkaConnection(client);
  const partitionsOf = (topic: string) =>
    ask(`looking up ${topic}`, async ({ cluster }) => (await knownPartitions(cluster, topic)).length);
  const publisher = createKafkaPublisher(client, partitionsOf, settings);
  return {
    publish: publisher.publish,
    async close() {
      await publisher.close();
      await close();
    },
  };
}
