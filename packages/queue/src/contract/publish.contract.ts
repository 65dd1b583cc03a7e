// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { killWhilePublishing } from '../testing/kill-while-publishing.ts';
import { readAll, readMessages, text } from '../testing/read-messages.ts';
import { KEY_PARTITIONS } from './key-partitions.ts';
import { createOpenQueues, numbered, type QueueBed } from './queue-bed.ts';

/** What publishing promises: order, durability, placement, and what it refuses. */
export function publishContract(bed: QueueBed): void {
  const { opened, withTopic, close, closeAll } = createOpenQueues(bed);
  afterEach(closeAll);

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
    expect(keyed.map(({ partition }) => partition)).toEqual(KEY_PARTITIONS.map(([, partition]) => partition));
  });

  it('refuses a topic that is otherwise than asked, and one that is absent', async () => {
    const { queue, topic } = await withTopic(2);
    await queue.ensureTopics([{ topic, partitions: 2 }]);
    await expect(queue.ensureTopics([{ topic, partitions: 3 }])).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
    });
    expect(await queue.offsets(topic)).toHaveLength(2);
    await close(queue);
    const other = opened({ retentionMs: 1_000_000 });
    await expect(other.ensureTopics([{ topic, partitions: 2 }])).rejects.toMatchObject({
      code: 'TOPIC_MISMATCH',
    });
    const absent = other.publisher().publish(numbered(`${topic}-not`, 1));
    await expect(absent).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
    const outside = other.publisher().publish(numbered(topic, 1, 2));
    await expect(outside).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
  });
}
