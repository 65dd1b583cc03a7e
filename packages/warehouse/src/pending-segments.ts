// SPDX-License-Identifier: Apache-2.0
// Just-committed segments handed over in memory, so that the live path reads nothing back. Only a short cut:
// what does not fit here is read from the store.
import type { ReadySegment } from './insert-segment.ts';

export interface PendingSegments {
  /** Keeps the segment unless that would exceed the bound. */
  put(segment: ReadySegment): void;
  /** Gives it out once; drops older ones of the same partition, since projection never goes back. */
  take(stream: string, partition: number, from: number): ReadySegment | undefined;
  holds(stream: string, partition: number, from: number): boolean;
  bytes(): number;
}

export function createPendingSegments(maxBytes: number): PendingSegments {
  const queues = new Map<string, ReadySegment[]>();
  let bytes = 0;
  const placeOf = (stream: string, partition: number): string => `${stream}.${partition}`;

  function put(segment: ReadySegment): void {
    if (bytes + segment.rows.block.length > maxBytes) return;
    const place = placeOf(segment.header.stream, segment.header.partition);
    const queue = queues.get(place) ?? [];
    queue.push(segment);
    queues.set(place, queue);
    bytes += segment.rows.block.length;
  }

  function take(stream: string, partition: number, from: number): ReadySegment | undefined {
    const queue = queues.get(placeOf(stream, partition)) ?? [];
    while (queue[0] && queue[0].header.from <= from) {
      const segment = queue.shift()!;
      bytes -= segment.rows.block.length;
      if (segment.header.from === from) return segment;
    }
    return undefined;
  }

  function holds(stream: string, partition: number, from: number): boolean {
    return queues.get(placeOf(stream, partition))?.some(({ header }) => header.from === from) ?? false;
  }

  return { put, take, holds, bytes: () => bytes };
}
