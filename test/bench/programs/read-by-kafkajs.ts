// SPDX-License-Identifier: Apache-2.0
// Arm D1: kafkajs reads every message and drops it.
import { openConsumer } from './kafkajs-consumer.ts';
import { say } from './say.ts';

const [bootstrap, topic, events] = process.argv.slice(2) as [string, string, string];
const consumer = await openConsumer(bootstrap, topic);
consumer.on('consumer.group_join', () => say('begun'));
let count = 0;
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 3,
  async eachBatch({ batch }) {
    count += batch.messages.length;
    if (count === Number(events)) say('done');
  },
});
