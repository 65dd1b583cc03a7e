// SPDX-License-Identifier: Apache-2.0
// node:sqlite: SQLite itself says which column of which table each column of a result comes from.
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { type Instrument, release, seenIn } from './release-rows.ts';

export type SqliteRow = Record<string, SQLOutputValue>;

export interface RecordedSqlite {
  /** All rows, once the access to them is recorded. */
  all(sql: string, ...values: SQLInputValue[]): Promise<SqliteRow[]>;
  /** The first row, likewise. */
  get(sql: string, ...values: SQLInputValue[]): Promise<SqliteRow | undefined>;
}

/**
 * Reads through a database that the caller opens and closes. What is written is not derived: say it with
 * `trail.access`. Give another `what` for another kind of reading; wrapping costs nothing.
 */
export function recordedSqlite(database: DatabaseSync, instrument: Instrument): RecordedSqlite {
  const read = async (sql: string, values: SQLInputValue[], most: number) => {
    const statement = database.prepare(sql);
    const rows: SqliteRow[] = [];
    for (const row of statement.iterate(...values)) {
      rows.push(row);
      if (rows.length === most) break;
    }
    const columns = statement.columns().map(({ name, table, column, database: schema }) => ({
      name,
      table: schema === null || schema === 'main' ? (table ?? undefined) : `${schema}.${table}`,
      column: column ?? undefined,
    }));
    const seen = seenIn(instrument.map, columns, rows, (row, index) => row[columns[index]!.name]);
    return release(instrument, seen, rows);
  };
  return {
    all: (sql, ...values) => read(sql, values, Number.POSITIVE_INFINITY),
    get: async (sql, ...values) => (await read(sql, values, 1))[0],
  };
}
