// SPDX-License-Identifier: Apache-2.0
// What arrived at a queue, and whether it is what was promised.
import { type Chunk, type Message, openFileQueue, type Queue } from '@ashiato/queue';
import { decode, type ParsedEvent, SEAL_TYPE, TOPICS } from '@ashiato/schema';

export interface Arrived {
  event: ParsedEvent;
  key: string;
  text: string;
}

/** A file queue whose access topic exists. */
export async function openTarget(dir: string, partitions = 1): Promise<Queue> {
  const queue = openFileQueue(dir);
  await queue.ensureTopics([{ topic: TOPICS.access, partitions }]);
  return queue;
}

/** Everything in the access topic now, partition by partition. */
export async function arrivedAt(queue: Queue): Promise<Arrived[]> {
  const held = await queue.offsets(TOPICS.access);
  const byPartition: Arrived[][] = held.map(() => []);
  const missing = new Set(held.filter(({ low, high }) => low < high).map(({ partition }) => partition));
  const done = new AbortController();
  if (missing.size === 0) return [];
  const onChunk = async ({ partition, to, messages }: Chunk) => {
    byPartition[partition]!.push(...messages.map(arrivedFrom));
    if (to + 1 >= held[partition]!.high) missing.delete(partition);
    if (missing.size === 0) done.abort();
  };
  const startAt = async (_topic: string, _partition: number, { low }: { low: number }) => low;
  const onRevoked = async () => undefined;
  await queue.subscribe({ topics: [TOPICS.access], group: 'test', startAt, onChunk, onRevoked }, done.signal);
  return byPartition.flat();
}

function arrivedFrom({ offset, key, value }: Message): Arrived {
  const decoded = decode('access', value);
  if (decoded.kind === 'unreadable') throw new Error(`offset ${offset} is unreadable: ${decoded.problem}`);
  if (decoded.problems.length > 0) throw new Error(`offset ${offset}: ${JSON.stringify(decoded.problems)}`);
  const text = Buffer.from(value!).toString();
  return { event: decoded.event, key: Buffer.from(key!).toString(), text };
}

export interface Account {
  /** Broken promises, in words; empty when all were kept. */
  faults: string[];
  events: number;
  /** Same source, epoch, sequence and bytes again: allowed, since an acknowledgement may be lost. */
  redeliveries: number;
}

/** Holds the accesses that arrived against what record() promised (`<epoch> <sequence> <id>` each), in one partition. */
export function account(arrived: Arrived[], promised: ReadonlySet<string>): Account {
  const faults: string[] = [];
  const texts = new Map<string, Map<number, string>>();
  let redeliveries = 0;
  let newest = 0;
  const accesses = arrived.filter(({ event }) => event.type !== SEAL_TYPE);
  for (const { event, text, key } of accesses) {
    const epoch = event.sourceepoch!;
    const sequence = Number(event.sequence);
    if (key !== `${event.source}#${epoch}`) faults.push(`${epoch}/${sequence}: key ${key}`);
    const known = texts.get(epoch) ?? new Map<number, string>();
    if (!texts.has(epoch)) {
      if (Number(epoch) <= newest) faults.push(`epoch ${epoch} came after ${newest}`);
      newest = Number(epoch);
      texts.set(epoch, known);
    }
    if (known.has(sequence)) {
      if (known.get(sequence) !== text) faults.push(`${epoch}/${sequence}: two different events`);
      redeliveries++;
    } else {
      if (sequence !== known.size + 1) faults.push(`${epoch}: ${sequence} after ${known.size}`);
      known.set(sequence, text);
    }
  }
  const present = new Set(accesses.map(({ event }) => `${event.sourceepoch} ${event.sequence} ${event.id}`));
  for (const promise of promised) if (!present.has(promise)) faults.push(`lost: ${promise}`);
  return { faults, events: accesses.length - redeliveries, redeliveries };
}
