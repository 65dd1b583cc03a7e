// SPDX-License-Identifier: Apache-2.0
// A process that publishes numbered messages to two partitions and prints each number once it is
// acknowledged, until it is killed. Arguments: queue address, topic.
import { openQueue } from '../index.ts';

const [url, topic] = process.argv.slice(2);
if (url === undefined || topic === undefined) throw new Error('expected a queue address and a topic');
const queue = openQueue(url);
await queue.ensureTopics([{ topic, partitions: 2 }]);
const publisher = queue.publisher();

async function publishNumbers(partition: number): Promise<void> {
  for (let i = 0; ; i++) {
    const value = Buffer.from(`${partition}:${i}`);
    await publisher.publish([{ topic: topic!, key: null, value, partition }]);
    process.stdout.write(`${partition}:${i}\n`);
  }
}
await Promise.all([publishNumbers(0), publishNumbers(1)]);
