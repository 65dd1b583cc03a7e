// SPDX-License-Identifier: Apache-2.0
// Publishing so that no acknowledged message is lost when a leader moves: kafkajs forgets partitions when a
// send spans several or several sends are under way (tulios/kafkajs issue 1303), so each partition has one
// worker, which sends one batch to that partition alone and repeats the identical batch until acknowledged.
import { CompressionTypes } from 'kafkajs';
import type { Settings } from '../options.ts';
import { createPublisher, type Lane } from '../publisher.ts';
import type { Publisher } from '../queue.ts';
import type { KafkaClient } from './kafka-client.ts';
import { createPartitionSender } from './partition-sender.ts';
import { createProducerHolder } from './producer-holder.ts';

const COMPRESSION = { zstd: CompressionTypes.ZSTD, gzip: CompressionTypes.GZIP, none: CompressionTypes.None };

export function createKafkaPublisher(
  client: KafkaClient,
  partitionsOf: (topic: string) => Promise<number>,
  { maxMessageBytes, compression, report }: Settings,
): Publisher {
  const holder = createProducerHolder(client, report);
  const lanes = new Map<string, Lane[]>();

  async function lanesOf(topic: string): Promise<Lane[]> {
    const count = await partitionsOf(topic);
    const known = lanes.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: count }, (_, partition) => {
      const sender = createPartitionSender({
        topic,
        partition,
        holder,
        compression: COMPRESSION[compression],
        report,
      });
      return sender.send;
    });
    lanes.set(topic, made);
    return made;
  }

  return createPublisher({ maxMessageBytes, lanesOf, onClose: holder.close });
}
