// SPDX-License-Identifier: Apache-2.0
// Our ClickHouse as arms A and C use it: the embedded engine, confined, behind its HTTP front, in a process of
// its own with empty tables.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startClickHouse } from '@ashiato/clickhouse-embedded';
import { openWarehouse, type Warehouse } from '@ashiato/warehouse';
import { cpuMicros } from './cpu-clock.ts';

export const PASSWORD = 'bench';

export interface OurEngine {
  url: string;
  pid: number;
  warehouse: Warehouse;
  /** The first value of the first row. */
  ask(query: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startOurEngine(folder: string): Promise<OurEngine> {
  const clickhouse = await startClickHouse({ dir: join(folder, 'clickhouse'), password: PASSWORD });
  const warehouse = openWarehouse({ url: clickhouse.url, username: 'default', password: PASSWORD });
  await warehouse.migrate();
  return {
    url: clickhouse.url,
    pid: clickhouse.pid()!,
    warehouse,
    async ask(query) {
      const result = await warehouse.client.query({ query, format: 'JSONCompactEachRow' });
      const [row] = await result.json<unknown[]>();
      return String(row?.[0]);
    },
    async stop() {
      await warehouse.close();
      await clickhouse.stop();
    },
  };
}

const QUIET_US = 50_000;
const LONGEST_QUIET_WAIT_MS = 180_000;

/** CPU microseconds that the engine goes on spending until no merge runs and it has been idle for a second. */
export async function laterCpu(pid: number, ask: (query: string) => Promise<string>): Promise<number> {
  const before = cpuMicros(pid);
  const deadline = Date.now() + LONGEST_QUIET_WAIT_MS;
  for (let last = before; ; ) {
    await pause(1000);
    const merges = Number(await ask('SELECT count() FROM system.merges'));
    const now = cpuMicros(pid);
    if (merges === 0 && now - last < QUIET_US) return now - before;
    if (Date.now() > deadline) throw new Error(`merges were not quiet within ${LONGEST_QUIET_WAIT_MS} ms`);
    last = now;
  }
}
