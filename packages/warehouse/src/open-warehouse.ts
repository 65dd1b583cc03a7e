// SPDX-License-Identifier: Apache-2.0
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { asWarehouseError } from './errors.ts';
import { dropTables, migrate } from './migrate.ts';

export interface Warehouse {
  client: ClickHouseClient;
  database: string;
  /** Creates what is missing; safe to repeat and to run from several processes at once. */
  migrate(): Promise<void>;
  /** Drops all tables with what they hold; `migrate` and a projection bring everything back. */
  drop(): Promise<void>;
  /** Resolves when ClickHouse answers now. Throws WarehouseError UNREACHABLE. */
  ping(): Promise<void>;
  /** Lets go of the sockets; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** Connects on first use, not here. `username` and `password` are those of the server's user. */
export function openWarehouse({
  url,
  database = 'ashiato',
  username = 'default',
  password = '',
  requestTimeoutMs = 60_000,
}: {
  url: string;
  database?: string;
  username?: string;
  password?: string;
  requestTimeoutMs?: number;
}): Warehouse {
  const common = {
    url,
    username,
    password,
    application: 'ashiato',
    request_timeout: requestTimeoutMs,
    log: { level: ClickHouseLogLevel.OFF }, // it would print parameters, and those name persons
    clickhouse_settings: {
      async_insert: 0,
      output_format_json_quote_64bit_integers: 0,
      date_time_output_format: 'iso',
      date_time_input_format: 'best_effort',
    },
  } as const;
  const client = createClient({ ...common, database });
  return {
    client,
    database,
    migrate: () => migrate(client, database, () => createClient(common)),
    drop: () => dropTables(client, database, () => createClient(common)),
    async ping() {
      const answer = await client.ping();
      if (!answer.success) throw asWarehouseError(answer.error, 'ping');
    },
    close: () => client.close(),
  };
}
