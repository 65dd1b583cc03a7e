// SPDX-License-Identifier: Apache-2.0
// Just-committed segments handed over in memory, so that the live path reads nothing back. Only a short cut:
// what does not fit here is read from the store.
import type { Segment } from '@ashiato/ledger';

export interface PendingSegments {
  /** Keeps the segment unless that would exceed the bound. */
  put(segment: Segment): void;
  /** Gives it out once; drops older ones of the same partition, since projection never goes back. */
  take(stream: string, partition: number, from: number): Segment | undefined;
  bytes(): number;
}

export function createPendingSegments(maxBytes: number): PendingSegments {
  const queues = new Map<string, Segment[]>();
  let bytes = 0;
  const placeOf = (stream: string, partition: number): string => `${stream}.${partition}`;

  function put(segment: Segment): void {
    if (bytes + segment.raw.length > maxBytes) return;
    const place = placeOf(segment.header.stream, segment.header.partition);
    const queue = queues.get(place) ?? [];
    queue.push(segment);
    queues.set(place, queue);
    bytes += segment.raw.length;
  }

  function take(stream: string, partition: number, from: number): Segment | undefined {
    const queue = queues.get(placeOf(stream, partition)) ?? [];
    while (queue[0] && queue[0].header.from <= from) {
      const segment = queue.shift()!;
      bytes -= segment.raw.length;
      if (segment.header.from === from) return segment;
    }
    return undefined;
  }

  return { put, take, bytes: () => bytes };
}
