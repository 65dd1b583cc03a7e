// SPDX-License-Identifier: Apache-2.0
// What every queue promises, as tests: run on each implementation with a real engine below.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { openQueue } from './open-queue.ts';
import type { QueueOptions } from './options.ts';
import type { Published, Queue } from './queue.ts';
import { killWhilePublishing } from './testing/kill-while-publishing.ts';
import { readAll, readMessages, text } from './testing/read-messages.ts';

export interface QueueBed {
  url(): string;
  options: QueueOptions;
  /** Makes the engine forget everything before `before`, as its retention would. */
  forget(queue: Queue, topic: string, partition: number, before: number): Promise<void>;
  /** Deletes the topic behind the queue's back; the queue is closed meanwhile. */
  deleteTopic(topic: string): Promise<void>;
}

/** What Java's client answers for six partitions: toPositive(murmur2(utf-8 bytes)) % 6 of kafka-clients 4.4.0. */
export const KEY_PARTITIONS: [string, number][] = [
  ['desk-1', 0],
  ['', 3],
  ['a', 4],
  ['ab', 2],
  ['顧客', 0],
  ['0123456789', 2],
  ['intake-tokyo-3:7', 3],
];

export function queueContract(name: string, bed: QueueBed): void {
  describe(`${name} as a queue`, () => {
    const open = new Set<Queue>();
    function opened(): Queue {
      const queue = openQueue(bed.url(), bed.options);
      open.add(queue);
      return queue;
    }
    async function withTopic(partitions = 1): Promise<{ queue: Queue; topic: string }> {
      const queue = opened();
      const topic = `t-${randomUUID()}`;
      await queue.ensureTopics([{ topic, partitions }]);
      return { queue, topic };
    }
    async function close(queue: Queue): Promise<void> {
      open.delete(queue);
      await queue.close();
    }
    afterEach(async () => {
      for (const queue of open) await close(queue);
    });
    const numbered = (topic: string, count: number, partition = 0): Published[] =>
      Array.from({ length: count }, (_, i) => ({
        topic,
        key: null,
        value: Buffer.from(String(i)),
        partition,
      }));

    it('keeps the order of a partition and says each position', async () => {
      const { queue, topic } = await withTopic();
      const publisher = queue.publisher();
      const calls = Array.from({ length: 50 }, (_, i) =>
        publisher.publish([0, 1, 2].map(j => ({ topic, key: 'k', value: Buffer.from(String(i * 3 + j)) }))),
      );
      const positions = (await Promise.all(calls)).flat();
      expect(positions.map(({ offset }) => offset)).toEqual(positions.map((_, i) => i));
      const { messages } = await readMessages(queue, topic, read => read.messages.length >= 150);
      expect(messages.map(({ value }) => text(value))).toEqual(positions.map((_, i) => String(i)));
      expect(messages.every(({ key }) => text(key) === 'k')).toBe(true);
      const times = messages.map(({ appendedAt }) => appendedAt);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Math.abs(times[0]! - Date.now())).toBeLessThan(3_600_000);
    });

    it('holds every acknowledged message after kill -9 of the publisher', async () => {
      const topic = `t-${randomUUID()}`;
      const acknowledged = await killWhilePublishing(bed.url(), topic, 60);
      expect(acknowledged.length).toBeGreaterThanOrEqual(60);
      const queue = opened();
      const held = (await readAll(queue, topic)).messages.map(({ value }) => text(value));
      expect(held).toEqual(expect.arrayContaining(acknowledged));
      // Negative control: a number never sent is not there.
      expect(held).not.toContain('0:1000000');
    });

    it('takes many publishers at once, each in its own order', async () => {
      const { queue, topic } = await withTopic(3);
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        const publisher = queue.publisher();
        for (let i = 0; i < 25; i++) {
          await publisher.publish([{ topic, key: `w${writer}`, value: Buffer.from(`${writer}:${i}`) }]);
        }
        await publisher.close();
        await expect(publisher.publish(numbered(topic, 1))).rejects.toMatchObject({ code: 'CLOSED' });
      });
      await Promise.all(writers);
      const { messages } = await readAll(queue, topic);
      expect(messages).toHaveLength(200);
      for (let writer = 0; writer < 8; writer++) {
        const own = messages.map(({ value }) => text(value)).filter(value => value.startsWith(`${writer}:`));
        expect(own).toEqual(Array.from({ length: 25 }, (_, i) => `${writer}:${i}`));
      }
    });

    it('reads on from any offset', async () => {
      const { queue, topic } = await withTopic();
      const publisher = queue.publisher();
      for (let i = 0; i < 4; i++) await publisher.publish(numbered(topic, 25));
      for (const from of [0, 1, 24, 25, 60, 99]) {
        const { chunks, messages } = await readMessages(
          queue,
          topic,
          read => read.messages.length >= 100 - from,
          {
            from: () => from,
          },
        );
        expect(chunks[0]!.from).toBe(from);
        expect(messages.map(({ offset }) => offset)).toEqual(
          Array.from({ length: 100 - from }, (_, i) => from + i),
        );
      }
    });

    it('waits for the reader of one partition while another goes on', async () => {
      const { queue, topic } = await withTopic(2);
      const publisher = queue.publisher();
      await publisher.publish([...numbered(topic, 1, 0), ...numbered(topic, 1, 1)]);
      const slow = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const seen: { partition: number; offset: number }[] = [];
      const two = Promise.withResolvers<void>();
      const both = Promise.withResolvers<void>();
      const done = new AbortController();
      const reading = queue.subscribe(
        {
          topics: [topic],
          group: 'pace',
          startAt: async () => 0,
          onChunk: async ({ partition, messages }) => {
            for (const { offset } of messages) seen.push({ partition, offset });
            if (partition === 0 && messages[0]!.offset === 0) {
              entered.resolve();
              await slow.promise;
            }
            if (seen.some(one => one.partition === 1 && one.offset === 1)) two.resolve();
            if (seen.length === 4) both.resolve();
          },
          onRevoked: async () => undefined,
        },
        done.signal,
      );
      await entered.promise;
      await publisher.publish([...numbered(topic, 1, 0), ...numbered(topic, 1, 1)]);
      await two.promise;
      expect(seen.filter(({ partition }) => partition === 0)).toEqual([{ partition: 0, offset: 0 }]);
      slow.resolve();
      await both.promise;
      done.abort();
      await reading;
      expect(seen.filter(({ partition }) => partition === 0).map(({ offset }) => offset)).toEqual([0, 1]);
    });

    it('drains after abort: the chunk under way ends, then each partition is revoked, then subscribe resolves', async () => {
      const { queue, topic } = await withTopic(2);
      await queue.publisher().publish(numbered(topic, 3));
      const steps: string[] = [];
      const slow = Promise.withResolvers<void>();
      const entered = Promise.withResolvers<void>();
      const done = new AbortController();
      const reading = queue
        .subscribe(
          {
            topics: [topic],
            group: 'drain',
            startAt: async () => 0,
            onChunk: async () => {
              entered.resolve();
              await slow.promise;
              steps.push('chunk');
            },
            onRevoked: async (_, partition) => void steps.push(`revoked ${partition}`),
          },
          done.signal,
        )
        .then(() => steps.push('resolved'));
      await entered.promise;
      done.abort();
      await queue.ping();
      expect(steps).not.toContain('chunk');
      expect(steps).not.toContain('resolved');
      slow.resolve();
      await reading;
      expect(steps.indexOf('chunk')).toBeLessThan(steps.indexOf('revoked 0'));
      expect(steps.at(-1)).toBe('resolved');
      expect(steps.filter(step => step.startsWith('revoked')).sort()).toEqual(['revoked 0', 'revoked 1']);
    });

    it('says which offsets are held, and reads one message', async () => {
      const { queue, topic } = await withTopic(2);
      await queue.publisher().publish(numbered(topic, 5, 1));
      expect(await queue.offsets(topic)).toEqual([
        { partition: 0, low: 0, high: 0 },
        { partition: 1, low: 0, high: 5 },
      ]);
      expect(text((await queue.readAt(topic, 1, 3))!.value)).toBe('3');
      expect((await queue.readAt(topic, 1, 3))!.offset).toBe(3);
      expect(await queue.readAt(topic, 1, 5)).toBeUndefined();
      expect(await queue.readAt(topic, 0, 0)).toBeUndefined();
      await expect(queue.offsets(`${topic}-not`)).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
    });

    it('states an expired gap when the reader comes too late', async () => {
      const { queue, topic } = await withTopic();
      const publisher = queue.publisher();
      for (let i = 0; i < 10; i++) await publisher.publish(numbered(topic, 10));
      await bed.forget(queue, topic, 0, 50);
      const [{ low } = { low: 0 }] = await queue.offsets(topic);
      expect(low).toBeGreaterThan(10);
      const { gaps, messages } = await readMessages(queue, topic, read => read.messages.length >= 100 - low, {
        from: () => 7,
      });
      expect(gaps).toEqual([
        { partition: 0, from: 7, to: low - 1, cause: 'expired', proof: { log_start: low } },
      ]);
      expect(messages[0]!.offset).toBe(low);
      expect(await queue.readAt(topic, 0, 7)).toBeUndefined();
    });

    it('shows a re-created topic by its offsets, and refuses to read beyond its end', async () => {
      const { queue, topic } = await withTopic();
      await queue.publisher().publish(numbered(topic, 5));
      await close(queue);
      await bed.deleteTopic(topic);
      const again = opened();
      await again.ensureTopics([{ topic, partitions: 1 }]);
      expect(await again.offsets(topic)).toEqual([{ partition: 0, low: 0, high: 0 }]);
      const reading = readMessages(again, topic, () => true, { from: () => 5 });
      await expect(reading).rejects.toMatchObject({ code: 'OFFSET_RANGE' });
    });

    it('carries a message of 1 MiB that does not compress, and refuses one over the limit', async () => {
      const { queue, topic } = await withTopic();
      const value = randomBytes(1 << 20);
      const publisher = queue.publisher();
      await publisher.publish([{ topic, key: 'big', value }, ...numbered(topic, 2)]);
      const { messages } = await readMessages(queue, topic, read => read.messages.length >= 3);
      expect(value.equals(messages[0]!.value!)).toBe(true);
      const tooBig = publisher.publish([{ topic, key: null, value: Buffer.alloc((4 << 20) + 1) }]);
      await expect(tooBig).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
      expect(await queue.offsets(topic)).toMatchObject([{ high: 3 }]);
    });

    it('spreads null keys in turn and puts a key where Java puts it', async () => {
      const { queue, topic } = await withTopic(6);
      const publisher = queue.publisher();
      const turns = await publisher.publish(
        Array.from({ length: 12 }, () => ({ topic, key: null, value: Buffer.from('x') })),
      );
      expect(Map.groupBy(turns, ({ partition }) => partition).size).toBe(6);
      expect((await queue.readAt(topic, 0, 0))!.key).toBeNull();
      const keyed = await publisher.publish(
        KEY_PARTITIONS.map(([key]) => ({ topic, key, value: Buffer.from('x') })),
      );
      expect(keyed.map(({ partition }) => partition)).toEqual(
        KEY_PARTITIONS.map(([, partition]) => partition),
      );
    });

    it('refuses a topic that is otherwise than asked, and one that is absent', async () => {
      const { queue, topic } = await withTopic(2);
      await queue.ensureTopics([{ topic, partitions: 2 }]);
      await expect(queue.ensureTopics([{ topic, partitions: 3 }])).rejects.toMatchObject({
        code: 'TOPIC_MISMATCH',
      });
      expect(await queue.offsets(topic)).toHaveLength(2);
      await close(queue);
      const other = openQueue(bed.url(), { ...bed.options, retentionMs: 1_000_000 });
      open.add(other);
      await expect(other.ensureTopics([{ topic, partitions: 2 }])).rejects.toMatchObject({
        code: 'TOPIC_MISMATCH',
      });
      const absent = other.publisher().publish(numbered(`${topic}-not`, 1));
      await expect(absent).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
      const outside = other.publisher().publish(numbered(topic, 1, 2));
      await expect(outside).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
    });

    it('ends subscribe with the reason the reader gives, after revoking', async () => {
      const { queue, topic } = await withTopic(2);
      await queue.publisher().publish(numbered(topic, 1));
      const revoked: number[] = [];
      const reading = queue.subscribe(
        {
          topics: [topic],
          group: 'fails',
          startAt: async () => 0,
          onChunk: async () => {
            throw new Error('the disk is gone');
          },
          onRevoked: async (_, partition) => void revoked.push(partition),
        },
        new AbortController().signal,
      );
      await expect(reading).rejects.toThrow('the disk is gone');
      expect(revoked.sort()).toEqual([0, 1]);
    });

    it('gives every group everything, whatever was committed', async () => {
      const { queue, topic } = await withTopic();
      await queue.publisher().publish(numbered(topic, 4));
      await queue.commitHint('hinted', topic, 0, 3);
      for (const group of ['hinted', 'other', 'hinted']) {
        const { messages } = await readMessages(queue, topic, read => read.messages.length >= 4, { group });
        expect(messages).toHaveLength(4);
      }
    });
  });
}
