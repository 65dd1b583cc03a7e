// SPDX-License-Identifier: Apache-2.0
// One assigned partition: a bounded read-ahead between the fetch loop and the subscriber.
import { QueueError } from '../errors.ts';
import type { Chunk, Gap } from '../queue.ts';
import { type Bell, createBell } from '../signal.ts';
import { expiredChunk } from '../start-offset.ts';
import { decompress } from './codecs.ts';
import type { Fetched } from './fetch.ts';
import { type Hole, type Walked, walkBatches } from './walk-batches.ts';

export interface PartitionReader {
  readonly topic: string;
  readonly partition: number;
  /** The offset to fetch next. */
  wanted(): number;
  /** Whether the read-ahead takes more. */
  hasRoom(): boolean;
  /** Takes what a fetch from `wanted()` brought. Decompression begins now, beside the subscriber's work. */
  offer(fetched: Fetched): void;
  /** The log begins at `low` now, beyond what we wanted. */
  skipExpired(low: number, high: number): void;
  /** Hands chunks over until aborted; rejects with the subscriber's failure or `OFFSET_HOLE`. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PartitionReaderDeps {
  topic: string;
  partition: number;
  start: number;
  readAheadBytes: number;
  /** Rung when room was made. */
  room: Bell;
  onChunk: (chunk: Chunk) => Promise<void>;
  /** The topic's cleanup.policy, as the broker says. */
  cleanupPolicy: (topic: string) => Promise<string>;
}

interface Ahead {
  bytes: number;
  chunk: Promise<Chunk | undefined>;
}

export function createPartitionReader(deps: PartitionReaderDeps): PartitionReader {
  const { topic, partition } = deps;
  const ahead: Ahead[] = [];
  const arrived = createBell();
  let aheadBytes = 0;
  let wanted = deps.start;
  // Nothing can be read beyond bytes that are no batch: run() is about to say so.
  let stuck = false;

  function push(entry: Ahead): void {
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    entry.chunk.catch(() => undefined);
    ahead.push(entry);
    aheadBytes += entry.bytes;
    arrived.ring();
  }

  async function decode(
    from: number,
    fetched: Fetched,
    entry: { bytes: number },
  ): Promise<Chunk | undefined> {
    const walked = await walk(from, fetched, entry);
    if (walked.next === from) return undefined;
    const gaps: Gap[] = [];
    for (const gap of walked.gaps)
      gaps.push(...(gap.cause === 'hole' ? await prove(gap, fetched.logStart) : [gap]));
    const { messages, next } = walked;
    return { topic, partition, from, to: next - 1, messages, gaps, highWatermark: fetched.highWatermark };
  }

  async function walk(from: number, fetched: Fetched, entry: { bytes: number }): Promise<Walked> {
    try {
      if (fetched.unreadable !== undefined) throw fetched.unreadable;
      const plains = await Promise.all(
        fetched.batches.map(batch =>
          batch.control ? batch.payload : decompress(batch.codec, batch.payload),
        ),
      );
      const grown = plains.reduce((sum, plain) => sum + plain.length, 0);
      entry.bytes += grown;
      aheadBytes += grown;
      return walkBatches(from, fetched.batches, plains);
    } catch (cause) {
      throw unreadable(topic, partition, from, cause);
    }
  }

  async function prove(hole: Hole, logStart: number): Promise<Gap[]> {
    const gaps: Gap[] = [];
    let { from } = hole;
    if (logStart > from) {
      const to = Math.min(hole.to, logStart - 1);
      gaps.push({ from, to, cause: 'expired', proof: { log_start: logStart } });
      from = to + 1;
    }
    if (from > hole.to) return gaps;
    const policy = await deps.cleanupPolicy(topic);
    if (!policy.includes('compact')) throw unexplained(topic, partition, { from, to: hole.to }, policy);
    const proof = { log_start: logStart, next_base: hole.to + 1, cleanup_policy: policy };
    return [...gaps, { from, to: hole.to, cause: 'compacted', proof }];
  }

  return {
    topic,
    partition,
    wanted: () => wanted,
    hasRoom: () => !stuck && aheadBytes < deps.readAheadBytes,
    offer(fetched) {
      const last = fetched.batches.at(-1)?.last;
      if (fetched.unreadable === undefined && (last === undefined || last < wanted)) return;
      const entry = { bytes: fetched.bytes };
      const chunk = decode(wanted, fetched, entry);
      if (last === undefined) stuck = true;
      else wanted = last + 1;
      push(Object.assign(entry, { chunk }));
    },
    skipExpired(low, high) {
      if (low <= wanted) return;
      push({ bytes: 0, chunk: Promise.resolve(expiredChunk(topic, partition, wanted, low, high)) });
      wanted = low;
    },
    async run(signal) {
      while (!signal.aborted) {
        const first = ahead[0];
        if (first === undefined) {
          await arrived.wait(signal);
          continue;
        }
        const chunk = await first.chunk;
        if (signal.aborted) return;
        if (chunk !== undefined) await deps.onChunk(chunk);
        ahead.shift();
        aheadBytes -= first.bytes;
        deps.room.ring();
      }
    },
  };
}

function unreadable(topic: string, partition: number, from: number, cause: unknown): QueueError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new QueueError(
    'BATCH_UNREADABLE',
    `${topic}/${partition}: what follows offset ${from - 1} cannot be decoded (${reason}); find out what was written there before going on`,
    { cause },
  );
}

function unexplained(
  topic: string,
  partition: number,
  { from, to }: { from: number; to: number },
  policy: string,
) {
  return new QueueError(
    'OFFSET_HOLE',
    `${topic}/${partition}: offsets ${from} to ${to} are missing and nothing proves why (cleanup.policy=${policy}); ` +
      'find out whether the broker lost data, then begin a new topic and state the loss',
  );
}
