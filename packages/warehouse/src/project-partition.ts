// SPDX-License-Identifier: Apache-2.0
// One partition, one segment at a time, in order. Used by live projection and by rebuild alike.
import type { Segment } from '@ashiato/ledger';
import { insertSegment, type ReadySegment, readySegment } from './insert-segment.ts';
import { nextOffset } from './next-segment.ts';
import type { Warehouse } from './open-warehouse.ts';

/** What projection asks of the ledger. */
export interface SegmentReader {
  /** The segment that begins at `from`, or `undefined` while there is none. */
  read(stream: string, partition: number, from: number): Promise<Segment | undefined>;
  /** Where the chain begins: behind what has expired. */
  start(stream: string, partition: number): Promise<{ from: number }>;
  /** Partitions of a stream that hold at least one segment. */
  partitions(stream: string): Promise<number[]>;
}

export interface PartitionProjection {
  /** Projects the next segment and resolves with it; `undefined` when all committed ones are projected. */
  step(): Promise<ReadySegment | undefined>;
  /** First offset that is not projected; `undefined` while ClickHouse must be asked (on start, after a failure). */
  next(): number | undefined;
  /** Whether the last segment projected came from `pending`. */
  handedOver(): boolean;
}

/** `pending` may hand over a segment from memory, by the offset where it begins. */
export function createPartitionProjection({
  warehouse,
  ledger: { read, start },
  pending = () => undefined,
  stream,
  partition,
}: {
  warehouse: Warehouse;
  ledger: Pick<SegmentReader, 'read' | 'start'>;
  pending?: (from: number) => ReadySegment | undefined;
  stream: string;
  partition: number;
}): PartitionProjection {
  let next: number | undefined;
  let mayBeThere = true;
  let handedOver = false;

  async function readBack(from: number): Promise<ReadySegment | undefined> {
    const segment = await read(stream, partition, from);
    return segment && readySegment(segment);
  }

  async function step(): Promise<ReadySegment | undefined> {
    if (next === undefined) {
      const { from: first } = await start(stream, partition);
      next = await nextOffset(warehouse.client, stream, partition, first);
      mayBeThere = true;
    }
    const from = next;
    const handed = pending(from);
    const segment = handed ?? (await readBack(from));
    if (!segment) return undefined;
    handedOver = handed !== undefined;
    next = undefined; // if the insert fails, its outcome is unsure: ClickHouse is asked again
    await insertSegment(warehouse.client, segment, { mayBeThere });
    next = segment.header.to + 1;
    mayBeThere = false;
    return segment;
  }

  return { step, next: () => next, handedOver: () => handedOver };
}
