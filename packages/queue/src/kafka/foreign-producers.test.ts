// SPDX-License-Identifier: Apache-2.0
// What others may write into our topics: other codecs, transactions, compacted logs.
import { randomUUID } from 'node:crypto';
import { type KafkaForTests, kafkaForTests } from '@ashiato/infra-local';
import kafkajs, { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueue } from '../open-queue.ts';
import { withDefaults } from '../options.ts';
import type { Queue } from '../queue.ts';
import { readAll, text } from '../testing/read-messages.ts';
import { runWithInput } from '../testing/run-tool.ts';
import { fetchFrom } from './fetch.ts';
import { heldOffsets } from './held-offsets.ts';
import { createKafkaClient } from './kafka-client.ts';

const CODECS: [string, number][] = [
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
];

let kafka: KafkaForTests;
let queue: Queue;
let client: Kafka;
let admin: Admin;
beforeAll(async () => {
  kafka = await kafkaForTests();
  queue = openQueue(`kafka://${kafka.bootstrap}`);
  client = new Kafka({ brokers: kafka.bootstrap.split(','), logLevel: logLevel.NOTHING });
  admin = client.admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
  await queue?.close();
  await kafka?.stop();
});

/** The codec numbers of the batches stored in partition 0. */
async function storedCodecs(topic: string): Promise<number[]> {
  const cluster = createKafkaClient(kafka.bootstrap.split(','), withDefaults({})).cluster();
  await cluster.connect();
  try {
    await heldOffsets(cluster, topic);
    const broker = await cluster.findBroker({ nodeId: cluster.findTopicPartitionMetadata(topic)[0]!.leader });
    const limits = { maxWaitMs: 0, partitionBytes: 8 << 20, totalBytes: 8 << 20 };
    const [fetched] = await fetchFrom(broker, [{ topic, partition: 0, offset: 0 }], limits);
    return fetched!.batches.map(({ codec }) => codec);
  } finally {
    await cluster.disconnect();
  }
}

describe('codecs of foreign producers', () => {
  const lines = Array.from({ length: 500 }, (_, i) => `{"number":${i},"text":"${'あしあと '.repeat(20)}"}`);

  it.each(CODECS)('reads %s as librdkafka writes it', async (codec, id) => {
    const topic = `kcat-${codec}-${randomUUID()}`;
    await queue.ensureTopics([{ topic, partitions: 1 }]);
    await runWithInput(
      'kcat',
      ['-P', '-b', kafka.bootstrap, '-t', topic, '-z', codec, '-X', 'linger.ms=200'],
      lines,
    );
    expect(await storedCodecs(topic)).toContain(id);
    expect((await readAll(queue, topic)).messages.map(({ value }) => text(value))).toEqual(lines);
  });

  it.each(CODECS)('reads %s as Java writes it', async (codec, id) => {
    // A topic with a codec of its own makes the broker write every batch anew, with the Java client's classes.
    const topic = `java-${codec}-${randomUUID()}`;
    const configEntries = [{ name: 'compression.type', value: codec }];
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, configEntries }] });
    const own = openQueue(`kafka://${kafka.bootstrap}`, { compression: 'none' });
    await own.publisher().publish(lines.map(line => ({ topic, key: 'k', value: Buffer.from(line) })));
    expect(new Set(await storedCodecs(topic))).toEqual(new Set([id]));
    expect((await readAll(own, topic)).messages.map(({ value }) => text(value))).toEqual(lines);
    await own.close();
  });

  it.each(['zstd', 'gzip', 'none'] as const)('writes %s itself', async compression => {
    const topic = `own-${compression}-${randomUUID()}`;
    const own = openQueue(`kafka://${kafka.bootstrap}`, { compression });
    await own.ensureTopics([{ topic, partitions: 1 }]);
    await own.publisher().publish(lines.map(line => ({ topic, key: 'k', value: Buffer.from(line) })));
    expect(new Set(await storedCodecs(topic))).toEqual(new Set([{ zstd: 4, gzip: 1, none: 0 }[compression]]));
    expect((await readAll(own, topic)).messages.map(({ value }) => text(value))).toEqual(lines);
    await own.close();
  });
});

describe('what leaves offsets without messages', () => {
  it('states control records, and keeps the records of an aborted transaction', async () => {
    const topic = `tx-${randomUUID()}`;
    await queue.ensureTopics([{ topic, partitions: 1 }]);
    const producer = client.producer({
      transactionalId: topic,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    for (const [value, end] of [
      ['kept', 'commit'],
      ['given up', 'abort'],
      ['kept too', 'commit'],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value, partition: 0 }] });
      await transaction[end]();
    }
    await producer.disconnect();
    await queue.publisher().publish([{ topic, key: null, value: Buffer.from('last') }]);
    const { messages, gaps } = await readAll(queue, topic);
    expect(messages.map(({ offset, value }) => [offset, text(value)])).toEqual([
      [0, 'kept'],
      [2, 'given up'],
      [4, 'kept too'],
      [6, 'last'],
    ]);
    expect(gaps.map(({ from, to, cause, proof }) => ({ from, to, cause, ...proof }))).toMatchObject([
      { from: 1, to: 1, cause: 'control', batch_base: 1, batch_last: 1, marker: 'commit' },
      { from: 3, to: 3, cause: 'control', batch_base: 3, batch_last: 3, marker: 'abort' },
      { from: 5, to: 5, cause: 'control', batch_base: 5, batch_last: 5, marker: 'commit' },
    ]);
    expect(await queue.readAt(topic, 0, 1)).toBeUndefined();
  });

  it('states what compaction removed, and refuses a hole that nothing explains', async () => {
    const topic = `compacted-${randomUUID()}`;
    const compact = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '100',
    };
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic,
          numPartitions: 1,
          configEntries: Object.entries(compact).map(([name, value]) => ({ name, value })),
        },
      ],
    });
    const publisher = queue.publisher();
    const publish = (keys: string[]) =>
      publisher.publish(keys.map((key, i) => ({ topic, key, value: Buffer.from(`${key}${i}`) })));
    await publish(['a', 'b', 'a', 'b']);
    for (const _ of [1, 2, 3]) await publish(['c']);
    // Compaction leaves the segment being written alone: each round writes one more and looks again.
    await expect
      .poll(
        async () => {
          await publish(['c']);
          return (await readAll(queue, topic)).gaps.filter(({ proof }) => 'next_base' in proof).length;
        },
        { timeout: 50_000, interval: 300 },
      )
      .toBeGreaterThan(0);
    const { gaps } = await readAll(queue, topic);
    expect(gaps[0]).toMatchObject({
      from: 0,
      to: 1,
      cause: 'compacted',
      proof: { batch_base: 0, batch_last: 3, records: 2 },
    });
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'cleanup.policy', value: 'delete' }],
        },
      ],
    });
    await expect(readAll(queue, topic)).rejects.toMatchObject({
      code: 'OFFSET_HOLE',
      message: expect.stringContaining(`${topic}/0: offsets 4 to`),
    });
  });

  it('stamps by the broker where the topic says so, and by the producer where it does not', async () => {
    const topic = `stamped-${randomUUID()}`;
    const plain = `plain-${randomUUID()}`;
    await queue.ensureTopics([{ topic, partitions: 1 }]);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: plain, numPartitions: 1 }] });
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const messages = [Date.now() - 2000, Date.now() - 1000].map(timestamp => ({
      value: 'x',
      timestamp: String(timestamp),
    }));
    for (const to of [topic, plain]) await producer.send({ topic: to, messages });
    await producer.disconnect();
    const byBroker = (await readAll(queue, topic)).messages.map(({ appendedAt }) => appendedAt);
    expect(byBroker.every(time => Math.abs(time - Date.now()) < 3_600_000)).toBe(true);
    expect((await queue.readAt(plain, 0, 1))!.appendedAt).toBe(Number(messages[1]!.timestamp));
  });
});
