// SPDX-License-Identifier: Apache-2.0
import { type KafkaForTests, kafkaForTests } from '@ashiato/infra-local';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll } from 'vitest';
import { queueContract } from '../queue.contract.ts';

let kafka: KafkaForTests;
let admin: Admin;
beforeAll(async () => {
  kafka = await kafkaForTests();
  admin = new Kafka({ brokers: kafka.bootstrap.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
  await kafka?.stop();
});

queueContract('kafka', {
  url: () => `kafka://${kafka.bootstrap}`,
  options: {},
  forget: async (_, topic, partition, before) => {
    // The client deletes only in topics it knows, and this makes it know.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
  },
  deleteTopic: topic => admin.deleteTopics({ topics: [topic] }),
});
