// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it } from 'vitest';
import { readMessages, text } from '../testing/read-messages.ts';
import { createOpenQueues, numbered, type QueueBed } from './queue-bed.ts';

/** What reading promises: positions, pace, ends, gaps. */
export function readContract(bed: QueueBed): void {
  const { opened, withTopic, close, closeAll } = createOpenQueues(bed);
  afterEach(closeAll);

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
}
