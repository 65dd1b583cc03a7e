// SPDX-License-Identifier: Apache-2.0
// ClickHouse anew from the segments: the same code as live projection, from the first segment on.
import type { Warehouse } from './open-warehouse.ts';
import { createPartitionProjection, type SegmentReader } from './project-partition.ts';

export interface RebuildProgress {
  stream: string;
  partition: number;
  /** Last offset projected in this partition. */
  to: number;
  /** Over all partitions so far. */
  segments: number;
  records: number;
}

/**
 * Drops all tables, makes them anew and projects every segment of `streams`. Resolves with the totals when all
 * that was committed is queryable; when it stops half way, run it again or let live projection finish it.
 * A live projection may run meanwhile: tokens keep the two from doubling rows.
 */
export async function rebuild({
  warehouse,
  ledger,
  streams,
  onProgress,
  signal,
}: {
  warehouse: Warehouse;
  ledger: SegmentReader;
  streams: readonly string[];
  onProgress?: (progress: RebuildProgress) => void;
  signal?: AbortSignal;
}): Promise<{ segments: number; records: number }> {
  await warehouse.drop();
  await warehouse.migrate();
  const totals = { segments: 0, records: 0 };
  for (const stream of streams) {
    for (const partition of await ledger.partitions(stream)) {
      const projection = createPartitionProjection({ warehouse, ledger, stream, partition });
      for (let segment = await projection.step(); segment; segment = await projection.step()) {
        signal?.throwIfAborted();
        totals.segments++;
        totals.records += segment.header.records;
        onProgress?.({ stream, partition, to: segment.header.to, ...totals });
      }
    }
  }
  return totals;
}
