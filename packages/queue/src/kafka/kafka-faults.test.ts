// SPDX-License-Identifier: Apache-2.0
// Brokers that die and groups that change while messages flow.
import { randomUUID } from 'node:crypto';
import { ownKafkaForTests } from '@ashiato/infra-local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../open-queue.ts';
import type { Queue } from '../queue.ts';
import { assertCovers, readAll, text } from '../testing/read-messages.ts';
import { startLoad } from '../testing/start-load.ts';

let kafka: Awaited<ReturnType<typeof ownKafkaForTests>>;
beforeAll(async () => {
  kafka = await ownKafkaForTests();
});
afterAll(async () => {
  await kafka?.stop();
});
const opened = () => openQueue(`kafka://${kafka.bootstrap}`);

/** Where each partition is to be read on, kept as a recorder would; and who reads it now. */
function createLedger() {
  const next = new Map<number, number>();
  const owner = new Map<number, string>();
  const values: string[] = [];
  const overlaps: string[] = [];
  function follow(queue: Queue, topic: string, name: string, signal: AbortSignal): Promise<void> {
    return queue.subscribe(
      {
        topics: [topic],
        group: topic,
        startAt: async (_, partition) => {
          if (owner.has(partition))
            overlaps.push(`${partition} given to ${name} while ${owner.get(partition)} has it`);
          owner.set(partition, name);
          return next.get(partition) ?? 0;
        },
        onChunk: async chunk => {
          assertCovers(chunk);
          if (chunk.from !== (next.get(chunk.partition) ?? 0))
            overlaps.push(`${chunk.partition} from ${chunk.from}`);
          next.set(chunk.partition, chunk.to + 1);
          for (const { value } of chunk.messages) values.push(text(value));
        },
        onRevoked: async (_, partition) => void owner.delete(partition),
      },
      signal,
    );
  }
  return { follow, values, overlaps, owner };
}

/** How many of the wanted values are not among these. */
function missing(wanted: Set<string>, found: string[]): number {
  const all = new Set(found);
  return [...wanted].filter(value => !all.has(value)).length;
}

it('loses nothing and reads on through kill -9 of the broker under load', async () => {
  const own = kafka.own;
  if (own === undefined) throw new Error('this test kills a broker started here; unset ASHIATO_TEST_KAFKA');
  const topic = `killed-${randomUUID()}`;
  const queue = opened();
  await queue.ensureTopics([{ topic, partitions: 3 }]);
  const load = startLoad(queue, topic, 3);
  const ledger = createLedger();
  const done = new AbortController();
  const reading = ledger.follow(queue, topic, 'reader', done.signal);
  for (const _ of [1, 2]) {
    const before = load.acknowledged.length;
    await expect.poll(() => load.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + 500);
    await own.kill(0, 'SIGKILL');
    await own.restart(0);
  }
  const before = load.acknowledged.length;
  await expect.poll(() => load.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + 500);
  await load.stop();
  const wanted = new Set(load.acknowledged);
  await expect.poll(() => missing(wanted, ledger.values), { timeout: 60_000 }).toBe(0);
  done.abort();
  await reading;
  expect(ledger.overlaps).toEqual([]);
  const stored = (await readAll(queue, topic)).messages.map(({ value }) => text(value));
  expect(missing(wanted, stored)).toBe(0);
  await queue.close();
}, 180_000);

it('shares partitions between subscribers of a group, each with one reader at a time', async () => {
  const topic = `shared-${randomUUID()}`;
  const [first, second] = [opened(), opened()];
  await first.ensureTopics([{ topic, partitions: 4 }]);
  const load = startLoad(first, topic, 4);
  const ledger = createLedger();
  const owners = () =>
    Object.fromEntries(
      [...Map.groupBy(ledger.owner.values(), name => name)].map(([name, all]) => [name, all.length]),
    );
  const [one, two] = [new AbortController(), new AbortController()];
  const readingOne = ledger.follow(first, topic, 'one', one.signal);
  await expect.poll(owners, { timeout: 30_000 }).toEqual({ one: 4 });
  const readingTwo = ledger.follow(second, topic, 'two', two.signal);
  await expect.poll(owners, { timeout: 30_000 }).toEqual({ one: 2, two: 2 });
  one.abort();
  await readingOne;
  await expect.poll(owners, { timeout: 30_000 }).toEqual({ two: 4 });
  await load.stop();
  const wanted = new Set(load.acknowledged);
  await expect.poll(() => missing(wanted, ledger.values), { timeout: 30_000 }).toBe(0);
  two.abort();
  await readingTwo;
  expect(ledger.overlaps).toEqual([]);
  expect(ledger.values.length).toBe(new Set(ledger.values).size);
  await first.close();
  await second.close();
});
