// SPDX-License-Identifier: Apache-2.0
// Three brokers (a quorum of three, each broker and controller; replication 3, min.insync 2), leaders killed (-9) and
// restarted under load: what record() promised is in the topic. ASHIATO_TEST_KILLS says how many kills (2 by default):
// `ASHIATO_TEST_KILLS=20 vitest run packages/sdk/src/kafka-cluster`.
import { join } from 'node:path';
import { type StartedKafka, startKafka } from '@ashiato/infra-local';
import { openQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { Kafka, logLevel } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { account, arrivedAt } from './delivered.testing.ts';
import type { Recorded } from './record-access.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail, type Trail } from './trail.ts';

const KILLS = Number(process.env.ASHIATO_TEST_KILLS ?? 2);
const PARTITIONS = 6;
const SOURCES = ['/test/a', '/test/b', '/test/c', '/test/d'];
const CONCURRENT = 25;
/** Records that are acknowledged before a kill, while the broker is away, and after its return. */
const BETWEEN = 200;

test(`every record() that resolved is in the topic once after ${KILLS} kills of a leader`, {
  timeout: 120_000 + KILLS * 60_000,
}, async () => {
  const dir = await tempFolder();
  const kafka = await startKafka({ dir: join(dir, 'kafka'), brokers: 3 });
  onTestFinished(() => kafka.stop());
  const queueUrl = `kafka://${kafka.bootstrap}`;
  const reader = openQueue(queueUrl, { replicationFactor: 3 });
  onTestFinished(() => reader.close());
  await reader.ensureTopics([{ topic: TOPICS.access, partitions: PARTITIONS }]);

  const recorded: Recorded[] = [];
  const more = async () => {
    const before = recorded.length;
    await expect.poll(() => recorded.length, { timeout: 60_000 }).toBeGreaterThan(before + BETWEEN);
  };
  const trails = SOURCES.map(source => {
    const delivered = { durability: 'delivered', deliveryTimeoutMs: 120_000 } as const;
    return createTrail({ source, spoolDir: join(dir, source), queueUrl, ...delivered });
  });
  const loading = new AbortController();
  const load = Promise.all(trails.map(trail => recordUntil(trail, loading.signal, recorded)));
  let led = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await more();
    const leader = await busiestLeader(kafka);
    led += leader.partitions;
    await kafka.kill(leader.broker, 'SIGKILL');
    await more();
    await kafka.restart(leader.broker);
  }
  await more();
  loading.abort();
  await load;
  for (const trail of trails) expect(await trail.close({ deadlineMs: 60_000 })).toEqual({ spooled: 0 });

  const arrived = await arrivedAt(reader);
  const accounts = SOURCES.map(source => {
    const own = recorded.filter(one => one.source === source);
    const promised = new Set(own.map(({ epoch, sequence, id }) => `${epoch} ${sequence} ${id}`));
    expect(promised.size).toBe(own.length);
    return {
      own: own.length,
      ...account(
        arrived.filter(({ event }) => event.source === source),
        promised,
      ),
    };
  });
  const redeliveries = accounts.reduce((sum, one) => sum + one.redeliveries, 0);
  process.stdout.write(
    `${KILLS} kills of brokers that led ${led} partitions: ${recorded.length} promised and ${arrived.length} messages, ${redeliveries} of them redeliveries\n`,
  );
  for (const { faults, events, own } of accounts)
    expect({ faults, events }).toEqual({ faults: [], events: own });
  expect(led).toBeGreaterThanOrEqual(KILLS);

  // The accounting can fail: one message less, and a promise that nobody kept.
  const { source, epoch, sequence, id } = recorded[0]!;
  const promise = `${epoch} ${sequence} ${id}`;
  const others = arrived.filter(({ event }) => event.source === source && event.id !== id);
  expect(account(others, new Set([promise])).faults).toContain(`lost: ${promise}`);
});

async function recordUntil(trail: Trail, signal: AbortSignal, recorded: Recorded[]): Promise<void> {
  const recordAlways = async () => {
    while (!signal.aborted) recorded.push(await trail.record(access()));
  };
  await Promise.all(Array.from({ length: CONCURRENT }, recordAlways));
}

/** The broker that leads most partitions now. */
async function busiestLeader({ bootstrap }: StartedKafka) {
  const admin = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPICS.access] });
  await admin.disconnect();
  const led = [0, 0, 0];
  for (const { leader } of topics[0]!.partitions) if (leader > 0) led[leader - 1]!++;
  const partitions = Math.max(...led);
  return { broker: led.indexOf(partitions), partitions };
}
