// SPDX-License-Identifier: Apache-2.0
// Judged events -> the queue. What resolves is durable there.
import { type Published, type Publisher, QueueError } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import type { Judged } from './judge-received.ts';
import { IntakeError } from './problems.ts';

export interface Position {
  topic: string;
  partition: number;
  offset: number;
}

/** Bytes of events that may wait for the queue at one time; beyond it senders are told to come back. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

export type StoreEvents = (judged: Judged[]) => Promise<(Position | undefined)[]>;

/**
 * Stores what is to be kept, and answers the position of each in the order given; undefined for what is too
 * large. Throws `queue_not_writable`, which does not mean absence: the sender gives the same bytes again, and
 * the recorder knows them by source, epoch, sequence and bytes.
 */
export function createStoreEvents(publisher: Publisher, timeoutMs: number): StoreEvents {
  let waitingBytes = 0;
  return async judged => {
    const kept = judged.filter(({ kind }) => kind !== 'too_large');
    if (kept.length === 0) return judged.map(() => undefined);
    const bytes = kept.reduce((sum, one) => sum + one.bytes.length, 0);
    if (waitingBytes + bytes > MAX_WAITING_BYTES) throw notWritable('too much already waits for the queue');
    waitingBytes += bytes;
    // Counted until the queue is done with them, which may be after we gave up waiting.
    const stored = publisher.publish(kept.map(messageOf)).finally(() => {
      waitingBytes -= bytes;
    });
    const positions = (await within(timeoutMs, stored)).values();
    return judged.map(({ kind }) => (kind === 'too_large' ? undefined : positions.next().value));
  };
}

/** Bytes that are no event are evidence of the access stream, wherever they were meant to go. */
function messageOf(one: Judged): Published {
  if (one.kind === 'event') return { topic: TOPICS[one.stream], key: one.key, value: one.bytes };
  return { topic: TOPICS.access, key: null, value: one.bytes };
}

/** A broker that is away keeps a publish waiting without end; a sender needs an answer. */
async function within<T>(timeoutMs: number, stored: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notWritable(`no acknowledgement within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([stored, late]);
  } catch (cause) {
    throw cause instanceof QueueError ? notWritable(`the queue refused (${cause.code})`) : cause;
  } finally {
    clearTimeout(timer);
  }
}

const notWritable = (reason: string) =>
  new IntakeError('queue_not_writable', `${reason}; send the same bytes again, repeats are recognised`);
