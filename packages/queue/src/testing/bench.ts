// SPDX-License-Identifier: Apache-2.0
// How fast this room is on this machine. Run: node packages/queue/src/testing/bench.ts
// It starts its own broker and uses a folder of its own; figures go to standard output.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownKafkaForTests } from '@ashiato/infra-local';
import { openQueue, type Queue } from '../index.ts';

const PARTITIONS = 6;
const EVENT_BYTES = 545;
const KAFKA_EVENTS = 1_000_000;
const FILE_EVENTS = 500_000;

function event(number: number): Buffer {
  const start = `{"specversion":"1.0","id":"01980000-0000-7000-8000-${String(number).padStart(12, '0')}","source":"/desk/${number % 40}","subject":"s1.${(number * 2654435761) % 4294967296}","purpose":"billing_inquiry","fields":["name","address","phone"],"actor":"staff-${number % 211}","text":"`;
  return Buffer.from(`${start.padEnd(EVENT_BYTES - 2, 'abcdefghij klmnopqrst ')}"}`);
}

// Made beforehand: what is measured is the queue, not JSON.
const EVENTS = Array.from({ length: 20_000 }, (_, number) => event(number));

function say(what: string, count: number, startedAt: number, cpu: NodeJS.CpuUsage): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const perEvent = (user + system) / count;
  process.stdout.write(
    `${what}: ${Math.round(count / seconds / 1000)}k events/s, ${perEvent.toFixed(2)} µs CPU an event\n`,
  );
}

async function publishAll(queue: Queue, total: number, size: number, lanes: number): Promise<void> {
  const publisher = queue.publisher();
  let next = 0;
  async function lane(partition: number): Promise<void> {
    while (next < total) {
      const first = next;
      next += size;
      const messages = Array.from({ length: size }, (_, i) => ({
        topic: 'bench',
        key: 'k',
        value: EVENTS[(first + i) % EVENTS.length]!,
        partition,
      }));
      await publisher.publish(messages);
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, i) => lane(i % PARTITIONS)));
}

async function readAll(queue: Queue, total: number): Promise<void> {
  const done = new AbortController();
  let count = 0;
  await queue.subscribe(
    {
      topics: ['bench'],
      group: 'bench',
      startAt: async (_, __, { low }) => low,
      onChunk: async ({ messages }) => {
        count += messages.length;
        if (count >= total) done.abort();
      },
      onRevoked: async () => undefined,
    },
    done.signal,
  );
}

async function measure(
  name: string,
  queue: Queue,
  total: number,
  size: number,
  lanes: number,
): Promise<void> {
  await queue.ensureTopics([{ topic: 'bench', partitions: PARTITIONS }]);
  let [at, cpu] = [performance.now(), process.cpuUsage()];
  await publishAll(queue, total, size, lanes);
  say(`${name} publish, ${size} a call, ${lanes} calls under way`, total, at, cpu);
  for (const round of [1, 2, 3]) {
    [at, cpu] = [performance.now(), process.cpuUsage()];
    await readAll(queue, total);
    say(`${name} read, round ${round}`, total, at, cpu);
  }
}

const dir = await mkdtemp(join(tmpdir(), 'ashiato-bench-'));
for (const lanes of [1, 4]) {
  const files = openQueue(`file:${join(dir, `queue-${lanes}`)}`);
  await measure('files', files, FILE_EVENTS, 100, lanes);
  await files.close();
}
const kafka = await ownKafkaForTests();
const queue = openQueue(`kafka://${kafka.bootstrap}`);
await measure('kafka', queue, KAFKA_EVENTS, 500, PARTITIONS * 2);
await queue.close();
await kafka.stop();
await rm(dir, { recursive: true, force: true });
