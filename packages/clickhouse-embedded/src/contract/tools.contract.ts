// SPDX-License-Identifier: Apache-2.0
// What the checks of the contract share: clients on one database of their own, and short ways to ask.

import { randomBytes } from 'node:crypto';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';

export interface ContractTarget {
  name: string;
  kind: 'embedded' | 'server';
  /** Called when the checks run. */
  connection(): { url: string; user: string; password: string };
}

export interface ContractTools extends Pick<ContractTarget, 'connection'> {
  /** The client most checks use. */
  ch(): ClickHouseClient;
  /** Another one, closed at the end. */
  client(more?: ClickHouseClientConfigOptions): ClickHouseClient;
  rows<R = Record<string, unknown>>(query: string, more?: object): Promise<R[]>;
  /** First column of the first row. */
  value(query: string, more?: object): Promise<unknown>;
  command(query: string, more?: object): Promise<unknown>;
  /** A new table's name. */
  table(columns: string, engine?: string): Promise<string>;
  /** ClickHouse's error number, or `no error`. */
  codeOf(work: Promise<unknown>): Promise<string>;
  /** A request without the client; `query` is the address's. */
  raw(query: string, init?: RequestInit): Promise<Response>;
  isRunning(queryId: string): Promise<boolean>;
}

// The default of this one differs between versions; the warehouse sets it too.
const QUOTED = { output_format_json_quote_64bit_integers: 1 } as const;

export function createContractTools(
  target: ContractTarget,
): ContractTools & { setUp(): Promise<void>; tearDown(): Promise<void> } {
  const { connection } = target;
  const database = `contract_${randomBytes(6).toString('hex')}`;
  const clients: ClickHouseClient[] = [];
  let main: ClickHouseClient;
  const ch = (): ClickHouseClient => main;
  const client: ContractTools['client'] = (more = {}) => {
    const { url, user, password } = connection();
    const common = {
      url,
      username: user,
      password,
      database,
      request_timeout: 120_000,
      clickhouse_settings: QUOTED,
    };
    const made = createClient({ ...common, ...more });
    clients.push(made);
    return made;
  };
  const rows: ContractTools['rows'] = async <R>(query: string, more: object = {}) =>
    (await main.query({ query, format: 'JSONEachRow', ...more })).json<R>();
  const value: ContractTools['value'] = async (query, more) =>
    Object.values((await rows(query, more))[0]!)[0];
  const command: ContractTools['command'] = (query, more = {}) => main.command({ query, ...more });
  const table: ContractTools['table'] = async (columns, engine = 'ENGINE = MergeTree ORDER BY n') => {
    const name = `t_${randomBytes(6).toString('hex')}`;
    await command(`CREATE TABLE ${name} (${columns}) ${engine}`);
    return name;
  };
  const isRunning: ContractTools['isRunning'] = async queryId => {
    const column = target.kind === 'embedded' ? "Settings['log_comment']" : 'query_id';
    return (await value(`SELECT count() > 0 FROM system.processes WHERE ${column} = '${queryId}'`)) === 1;
  };
  return {
    ...{ connection, ch, client, rows, value, command, table, codeOf, isRunning },
    raw: (query, init = {}) => {
      const { url, user, password } = connection();
      const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password, ...init.headers };
      return fetch(`${url}/?database=${database}&${query}`, { method: 'POST', ...init, headers });
    },
    setUp: async () => {
      await client({ database: 'default' }).command({ query: `CREATE DATABASE ${database} ENGINE = Atomic` });
      main = client();
    },
    tearDown: async () => {
      await command(`DROP DATABASE ${database} SYNC`);
      await Promise.all(clients.map(each => each.close()));
    },
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return String((error as { code?: string }).code ?? error);
  }
}
