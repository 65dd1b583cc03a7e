// SPDX-License-Identifier: Apache-2.0
// Events that lie ready go to a real Kafka: out of a spool by a trail, or out of memory by kafkajs alone. Both from
// connecting to the last acknowledgement, into one partition, zstd level 1, acks of all, idempotent.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { openQueue, type Queue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { createTrail } from '@ashiato/sdk';
import kafkajs from 'kafkajs';
import { sdkAccesses } from '../sdk-events.ts';
import { tell } from './tell.ts';

const [side, dir, count, bootstrap, topic] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const EVENTS = Number(count);
const SOURCE = '/bench/forward';
/** About 800 kB: below the 1 MiB that a broker takes at once. */
const BATCH = 1500;
const spoolDir = join(dir, 'spool');

await fillSpool();
tell(side === 'sdk' ? await forwardSpool() : await sendBare(await eventsInMemory()));
process.exit();

async function fillSpool(): Promise<void> {
  const trail = createTrail({ source: SOURCE, spoolDir, forwarder: 'other' });
  const accesses = sdkAccesses(10_000);
  for (let n = 0; n < EVENTS; n += accesses.length)
    await Promise.all(accesses.slice(0, EVENTS - n).map(access => trail.record(access)));
  await trail.close({ deadlineMs: 1 });
}

async function forwardSpool() {
  const clock = startClock();
  const trail = createTrail({ source: SOURCE, spoolDir, queueUrl: `kafka://${bootstrap}` });
  await trail.start();
  const { spooled } = await trail.close({ deadlineMs: 300_000 });
  if (spooled !== 0) throw new Error(`${spooled} events were not forwarded`);
  return clock();
}

/** The spooled events, delivered into a queue of files and read back: their bytes and keys, all in memory. */
async function eventsInMemory(): Promise<{ key: Buffer; value: Buffer }[]> {
  const queue = openQueue(`file:${join(dir, 'delivered')}`);
  await queue.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  const trail = createTrail({ source: SOURCE, spoolDir, queue });
  await trail.start();
  await trail.close({ deadlineMs: 300_000 });
  const events = await allOf(queue);
  await queue.close();
  rmSync(join(dir, 'delivered'), { recursive: true });
  return events;
}

async function allOf(queue: Queue): Promise<{ key: Buffer; value: Buffer }[]> {
  const events: { key: Buffer; value: Buffer }[] = [];
  const done = new AbortController();
  await queue.subscribe(
    {
      topics: [TOPICS.access],
      group: 'bench',
      startAt: async () => 0,
      async onChunk({ messages }) {
        for (const { key, value } of messages)
          events.push({ key: Buffer.from(key!), value: value as Buffer });
        if (events.length === EVENTS) done.abort();
      },
      async onRevoked() {},
    },
    done.signal,
  );
  return events;
}

/** kafkajs with its codec for zstd as our queue has it, and no more around it than a loop. */
async function sendBare(events: { key: Buffer; value: Buffer }[]) {
  const compress = promisify(zlib.zstdCompress);
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 1 };
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compress(buffer, { chunkSize: 256 << 10, params }),
    decompress: () => Promise.reject(new Error('this program only sends')),
  });
  const clock = startClock();
  const client = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.ERROR });
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  for (let n = 0; n < events.length; n += BATCH) {
    const messages = events.slice(n, n + BATCH).map(event => ({ ...event, partition: 0 }));
    await producer.send({ topic, messages, acks: -1, compression: kafkajs.CompressionTypes.ZSTD });
  }
  await producer.disconnect();
  return clock();
}

function startClock() {
  const before = process.cpuUsage();
  const began = performance.now();
  return () => {
    const micros = ((performance.now() - began) * 1000) / EVENTS;
    const { user, system } = process.cpuUsage(before);
    return { micros, cpu_micros: (user + system) / EVENTS };
  };
}
