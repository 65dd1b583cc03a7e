// SPDX-License-Identifier: Apache-2.0
// Every report is SQL with typed parameters and a zod shape for its rows; values never become SQL text.
import type { ClickHouseSettings } from '@clickhouse/client';
import { z } from 'zod';
import { asWarehouseError, WarehouseError } from './errors.ts';
import type { Warehouse } from './open-warehouse.ts';

/** What one query may cost before it is ended with WarehouseError LIMIT. */
export interface QueryLimits {
  seconds: number;
  memoryBytes: number;
  rows: number;
}

export const DEFAULT_LIMITS: QueryLimits = { seconds: 20, memoryBytes: 2 * 2 ** 30, rows: 20_000 };

export interface Query<Row extends z.ZodType> {
  /** For messages. */
  name: string;
  sql: string;
  params: Record<string, unknown>;
  row: Row;
  settings?: ClickHouseSettings;
}

/** Asks what a report asks of ClickHouse: `run` is bound to one warehouse and its limits. */
export type RunQuery = <Row extends z.ZodType>(query: Query<Row>) => Promise<z.infer<Row>[]>;

/** Throws WarehouseError UNREACHABLE, LIMIT, ENGINE, or SHAPE where a row is not what `row` says. */
export function createRunQuery(warehouse: Warehouse, limits: QueryLimits): RunQuery {
  const bounds: ClickHouseSettings = {
    max_execution_time: limits.seconds,
    max_memory_usage: String(limits.memoryBytes),
    max_result_rows: String(limits.rows),
    result_overflow_mode: 'throw',
    use_query_condition_cache: 0,
  };
  return async ({ name, sql, params, row, settings }) => {
    const found = await ask(warehouse, name, sql, params, { ...bounds, ...settings });
    const parsed = z.array(row).safeParse(found);
    if (parsed.success) return parsed.data;
    const place = parsed.error.issues[0]!.path.slice(1).join('.');
    throw new WarehouseError('SHAPE', `${name}: column ${place} has another shape than the query promises`);
  };
}

async function ask(
  { client }: Warehouse,
  name: string,
  query: string,
  query_params: Record<string, unknown>,
  clickhouse_settings: ClickHouseSettings,
): Promise<unknown[]> {
  try {
    const result = await client.query({ query, query_params, clickhouse_settings, format: 'JSONEachRow' });
    return await result.json();
  } catch (error) {
    throw asWarehouseError(error, name);
  }
}
