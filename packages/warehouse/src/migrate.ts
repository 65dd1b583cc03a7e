// SPDX-License-Identifier: Apache-2.0
// Brings the tables to what this program expects: one SQL file a step, in order of their numbers.
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { asWarehouseError, WarehouseError } from './errors.ts';

const FOLDER = new URL('../migrations/', import.meta.url);
const NAME = /^\d{3}-[a-z0-9-]+\.sql$/;
const DATABASE = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

const CREATE_MIGRATIONS = `CREATE TABLE IF NOT EXISTS migrations
(name String, sha256 String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = ReplacingMergeTree ORDER BY name`;

interface Migration {
  name: string;
  sql: string;
  sha256: string;
}

/**
 * Applies what is not recorded yet. If we stop between a file and its record, the file runs again: each MUST be
 * repeatable (IF NOT EXISTS). Throws WarehouseError MIGRATION_CHANGED when an applied file has other text now.
 */
export async function migrate(
  client: ClickHouseClient,
  database: string,
  connect: () => ClickHouseClient,
): Promise<void> {
  try {
    await createDatabase(database, connect);
    await client.command({ query: CREATE_MIGRATIONS });
    const applied = await appliedMigrations(client);
    for (const migration of await readMigrations())
      await apply(client, migration, applied.get(migration.name));
  } catch (error) {
    throw asWarehouseError(error, 'migrate');
  }
}

/** Drops what the migrations made, as far as it is there; the next `migrate` makes it anew. */
export async function dropTables(
  client: ClickHouseClient,
  database: string,
  connect: () => ClickHouseClient,
): Promise<void> {
  try {
    await createDatabase(database, connect);
    for (const table of ['records', 'segments', 'migrations']) {
      await client.command({ query: `DROP TABLE IF EXISTS ${table} SYNC` });
    }
  } catch (error) {
    throw asWarehouseError(error, 'drop tables');
  }
}

/** Over a connection without a database, since naming one that is not there is refused. */
async function createDatabase(database: string, connect: () => ClickHouseClient): Promise<void> {
  if (!DATABASE.test(database)) {
    throw new WarehouseError('ENGINE', 'database name: expected letters, digits and _, at most 63');
  }
  const client = connect();
  try {
    await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  } finally {
    await client.close();
  }
}

async function appliedMigrations(client: ClickHouseClient): Promise<Map<string, string>> {
  const result = await client.query({
    query: 'SELECT name, sha256 FROM migrations FINAL',
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ name: string; sha256: string }>();
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter(name => NAME.test(name)).sort();
  return Promise.all(
    names.map(async name => {
      const sql = await readFile(new URL(name, FOLDER), 'utf8');
      return { name, sql, sha256: hash('sha256', sql) };
    }),
  );
}

async function apply(client: ClickHouseClient, migration: Migration, applied?: string): Promise<void> {
  const { name, sql, sha256 } = migration;
  if (applied === sha256) return;
  if (applied !== undefined) {
    const message = `${name}: applied as ${applied.slice(0, 12)}, this program has ${sha256.slice(0, 12)}; rebuild`;
    throw new WarehouseError('MIGRATION_CHANGED', message);
  }
  await client.command({ query: sql });
  await client.insert({ table: 'migrations', values: [{ name, sha256 }], format: 'JSONEachRow' });
}
