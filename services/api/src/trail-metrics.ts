// SPDX-License-Identifier: Apache-2.0
// What is projected, as gauges; asked from ClickHouse when somebody scrapes.
import type { ApiDeps } from './api-deps.ts';

const KINDS = ['conforming', 'undetermined', 'violation', 'unreadable', 'redeliveries'] as const;

export interface TrailMetrics {
  /** Never rejects: while ClickHouse is away `ashiato_warehouse_up` is 0 and the other gauges are absent. */
  refresh(): Promise<void>;
}

export function createTrailMetrics({ metrics, reports, logger }: ApiDeps): TrailMetrics {
  const up = metrics.gauge('warehouse_up', 'Whether ClickHouse answered this scrape');
  const records = metrics.gauge('projected_records', 'Records projected', ['stream']);
  const segments = metrics.gauge('projected_segments', 'Segments projected', ['stream']);
  const judged = metrics.gauge('projected_records_by_kind', 'Records projected, by kind', ['stream', 'kind']);
  const frontier = metrics.gauge('projected_to_offset', 'Last offset projected without a hole', [
    'stream',
    'partition',
  ]);

  async function refresh(): Promise<void> {
    for (const gauge of [records, segments, judged, frontier]) gauge.reset();
    try {
      for (const row of await reports.totals()) {
        const { stream } = row;
        records.set({ stream }, row.records);
        segments.set({ stream }, row.segments);
        for (const kind of KINDS) judged.set({ stream, kind }, row[kind]);
      }
      for (const { stream, partition, to } of await reports.frontier()) {
        frontier.set({ stream, partition: String(partition) }, to);
      }
      up.set(1);
    } catch (error) {
      up.set(0);
      logger.warn({ code: (error as { code?: string }).code }, 'metrics: clickhouse did not answer');
    }
  }

  return { refresh };
}
