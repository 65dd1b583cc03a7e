// SPDX-License-Identifier: Apache-2.0
// The questions that may be asked of the warehouse, bound to one ClickHouse and its limits.
import type { UsageRow } from '@ashiato/schema';
import type { Warehouse } from './open-warehouse.ts';
import { type ClauseCount, clauseCounts } from './queries/clause-counts.ts';
import { type Frontier, frontier } from './queries/frontier.ts';
import { record } from './queries/record.ts';
import { type RecordsParams, records } from './queries/records.ts';
import type { StoredRecord } from './queries/stored-record.ts';
import { type StreamTotals, totals } from './queries/totals.ts';
import { type UsageParams, usage } from './queries/usage.ts';
import { createRunQuery, DEFAULT_LIMITS, type QueryLimits } from './run-query.ts';

/** Each throws WarehouseError UNREACHABLE, LIMIT or ENGINE; parameters out of range are a ZodError. */
export interface Reports {
  usage(params: UsageParams): Promise<UsageRow[]>;
  records(params: RecordsParams): Promise<{ items: StoredRecord[]; next_cursor: string | null }>;
  record(id: string): Promise<StoredRecord | undefined>;
  frontier(): Promise<Frontier[]>;
  totals(): Promise<StreamTotals[]>;
  clauseCounts(policy: { id: string; version: string }): Promise<ClauseCount[]>;
}

export function createReports(warehouse: Warehouse, limits: Partial<QueryLimits> = {}): Reports {
  const run = createRunQuery(warehouse, { ...DEFAULT_LIMITS, ...limits });
  return {
    usage: params => usage(run, params),
    records: params => records(run, params),
    record: id => record(run, id),
    frontier: () => frontier(run),
    totals: () => totals(run),
    clauseCounts: policy => clauseCounts(run, policy),
  };
}
