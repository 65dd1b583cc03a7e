// SPDX-License-Identifier: Apache-2.0
// From fetched bytes to a chunk whose every gap is proven.
import { QueueError } from '../errors.ts';
import type { Chunk, Gap } from '../queue.ts';
import { decompress } from './codecs.ts';
import type { Fetched } from './fetch.ts';
import { type Hole, type Walked, walkBatches } from './walk-batches.ts';

export interface DecodeDeps {
  /** The topic's cleanup.policy, as the broker says. */
  cleanupPolicy: (topic: string) => Promise<string>;
  /** Told how many bytes decompression added. */
  onGrown: (bytes: number) => void;
}

/** The chunk from offset `from` on; rejects with `BATCH_UNREADABLE` or `OFFSET_HOLE`. */
export async function decodeChunk(from: number, fetched: Fetched, deps: DecodeDeps): Promise<Chunk> {
  const { topic, partition, highWatermark, logStart } = fetched;
  const { messages, gaps: found, next } = await walk(from, fetched, deps);
  const gaps: Gap[] = [];
  for (const gap of found) {
    if (gap.cause === 'hole') gaps.push(...(await prove(gap, { topic, partition, logStart }, deps)));
    else gaps.push(gap);
  }
  return { topic, partition, from, to: next - 1, messages, gaps, highWatermark };
}

async function walk(from: number, fetched: Fetched, { onGrown }: DecodeDeps): Promise<Walked> {
  try {
    if (fetched.unreadable !== undefined) throw fetched.unreadable;
    const plains = await Promise.all(
      fetched.batches.map(batch => (batch.control ? batch.payload : decompress(batch.codec, batch.payload))),
    );
    onGrown(plains.reduce((sum, plain) => sum + plain.length, 0));
    return walkBatches(from, fetched.batches, plains);
  } catch (cause) {
    throw unreadable(fetched, from, cause);
  }
}

interface Place {
  topic: string;
  partition: number;
  logStart: number;
}

async function prove(hole: Hole, place: Place, deps: DecodeDeps): Promise<Gap[]> {
  const { topic, logStart } = place;
  const gaps: Gap[] = [];
  let { from } = hole;
  if (logStart > from) {
    const to = Math.min(hole.to, logStart - 1);
    gaps.push({ from, to, cause: 'expired', proof: { log_start: logStart } });
    from = to + 1;
  }
  if (from > hole.to) return gaps;
  const policy = await deps.cleanupPolicy(topic);
  if (!policy.includes('compact')) throw unexplained(place, { from, to: hole.to }, policy);
  const proof = { log_start: logStart, next_base: hole.to + 1, cleanup_policy: policy };
  return [...gaps, { from, to: hole.to, cause: 'compacted', proof }];
}

function unreadable({ topic, partition }: Fetched, from: number, cause: unknown): QueueError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new QueueError(
    'BATCH_UNREADABLE',
    `${topic}/${partition}: what begins at offset ${from} cannot be decoded (${reason}); find out what was written there before going on`,
    { cause },
  );
}

function unexplained(
  { topic, partition }: Place,
  { from, to }: { from: number; to: number },
  policy: string,
): QueueError {
  return new QueueError(
    'OFFSET_HOLE',
    `${topic}/${partition}: offsets ${from} to ${to} are missing and nothing proves why (cleanup.policy=${policy}); ` +
      'find out whether the broker lost data, then begin a new topic and state the loss',
  );
}
