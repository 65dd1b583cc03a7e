// SPDX-License-Identifier: Apache-2.0
import { QueueError } from './errors.ts';
import type { Chunk } from './queue.ts';

/** Where a subscriber asked to read on, checked against what the log can give. */
export function checkStart(topic: string, partition: number, start: number, high: number): number {
  if (Number.isSafeInteger(start) && start >= 0 && start <= high) return start;
  throw new QueueError(
    'OFFSET_RANGE',
    `${topic}/${partition}: asked to read from offset ${start}, but the log ends before ${high}; it was re-created or lost its end: use a new topic name for the new log`,
  );
}

/** The chunk that says offsets `from..low-1` are no longer held. */
export function expiredChunk(
  topic: string,
  partition: number,
  from: number,
  low: number,
  high: number,
): Chunk {
  const gap = { from, to: low - 1, cause: 'expired' as const, proof: { log_start: low } };
  return { topic, partition, from, to: low - 1, messages: [], gaps: [gap], highWatermark: high };
}
