// SPDX-License-Identifier: Apache-2.0
// Life and death: one process a folder, restarts, the parent's death, and what survives a kill -9.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClickHouseEmbeddedError } from './errors.ts';
import { type ClickHouse, startClickHouse } from './start-clickhouse.ts';

const password = 'a password';
// How long a busy machine may take; each wait ends as soon as its condition holds.
const PATIENCE_MS = 50_000;
let dir: string;
let started: ClickHouse[] = [];
let clients: ClickHouseClient[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ashiato-clickhouse-'));
});
afterEach(async () => {
  await Promise.all(clients.map(client => client.close()));
  await Promise.all(started.map(each => each.stop()));
  [started, clients] = [[], []];
  rmSync(dir, { recursive: true, force: true });
});

async function start(log?: (line: string) => void): Promise<ClickHouse> {
  const clickhouse = await startClickHouse({ dir, password, memoryLimitBytes: 2 ** 31, ...(log && { log }) });
  started.push(clickhouse);
  return clickhouse;
}

function clientOf(url: string): ClickHouseClient {
  const client = createClient({
    url,
    password,
    request_timeout: 60_000,
    keep_alive: { enabled: false },
    log: { level: ClickHouseLogLevel.OFF },
  });
  clients.push(client);
  return client;
}

async function answers(client: ClickHouseClient): Promise<boolean> {
  return (await client.ping({ select: true })).success;
}

describe('one process a data folder', () => {
  it('refuses a second one, naming the first, and lets the next in when it has ended', async () => {
    const first = await start();
    const second = await startClickHouse({ dir, password }).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(ClickHouseEmbeddedError);
    expect(String(second)).toContain(`in use by process ${first.pid()}`);
    await first.stop();
    expect(await answers(clientOf((await start()).url))).toBe(true);
  });

  it('refuses a password of two lines', async () => {
    await expect(startClickHouse({ dir, password: 'a\nb' })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });
});

describe('the supervisor', () => {
  it('replaces a killed child at the same address, with its tables', async () => {
    const lines: string[] = [];
    const clickhouse = await start(line => lines.push(line));
    const client = clientOf(clickhouse.url);
    await client.command({ query: 'CREATE DATABASE app ENGINE = Atomic' });
    const killed = clickhouse.pid()!;
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => answers(client), { timeout: PATIENCE_MS }).toBe(true);
    expect(clickhouse.pid()).not.toBe(killed);
    const result = await client.query({
      query: "SELECT count() FROM system.databases WHERE name = 'app'",
      format: 'TabSeparated',
    });
    expect(await result.text()).toBe('1\n');
    expect(lines.join('\n')).toContain('ended with SIGKILL, starting it again');
  });

  it('keeps the child through signals sent to the whole group, since the parent drains first', async () => {
    const clickhouse = await start();
    const pid = clickhouse.pid()!;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await answers(clientOf(clickhouse.url))).toBe(true);
    expect(await answers(clientOf(clickhouse.url))).toBe(true);
    expect(clickhouse.pid()).toBe(pid);
  });

  it('ends the child, and what it runs, on stop', async () => {
    const clickhouse = await start();
    const pid = clickhouse.pid()!;
    const running = clientOf(clickhouse.url)
      .query({ query: 'SELECT sum(sleepEachRow(0.1)) FROM numbers(10000) SETTINGS max_block_size = 1' })
      .catch((error: { code?: string }) => error.code);
    await expect.poll(() => isRunning(clickhouse.url, 'sleepEachRow'), { timeout: PATIENCE_MS }).toBe(true);
    await clickhouse.stop();
    expect(await running).toBe('394');
    expect(isAlive(pid)).toBe(false);
  });

  it('takes its child along when it is killed -9', async () => {
    const index = fileURLToPath(new URL('./index.ts', import.meta.url));
    const script = `import { startClickHouse } from ${JSON.stringify(index)};
      const started = await startClickHouse({ dir: ${JSON.stringify(dir)}, password: 'x' });
      console.log(started.pid());`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(String((await once(parent.stdout!, 'data'))[0]));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: PATIENCE_MS }).toBe(false);
  });
});

describe('the entry on its own', () => {
  it('serves with a password file and ends on SIGTERM', async () => {
    const passwordFile = join(dir, 'password');
    writeFileSync(passwordFile, `${password}\n`);
    const child = startEntry(['--dir', join(dir, 'data'), '--password-file', passwordFile]);
    const { listening } = JSON.parse(String((await once(child.stdout!, 'data'))[0])) as { listening: number };
    expect(await answers(clientOf(`http://127.0.0.1:${listening}`))).toBe(true);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('kill -9 during inserts', () => {
  it.each(['fsync_after_insert = 1, ', ''])(
    'loses no acknowledged row and splits no batch (%s)',
    async fsync => {
      const clickhouse = await start();
      const client = clientOf(clickhouse.url);
      await client.command({ query: 'CREATE DATABASE app ENGINE = Atomic' });
      await client.command({
        query: `CREATE TABLE app.t (batch UInt32, n UInt32, s String) ENGINE = MergeTree ORDER BY (batch, n)
        SETTINGS ${fsync}non_replicated_deduplication_window = 1000`,
      });
      const acknowledged = new Set<number>();
      let batch = 0;
      for (let round = 0; round < 5; round += 1) {
        const before = acknowledged.size;
        const writers = Array.from({ length: 3 }, async () => {
          for (;;) {
            const mine = batch++;
            if (!(await insertBatch(client, mine))) return;
            acknowledged.add(mine);
          }
        });
        await expect
          .poll(() => acknowledged.size, { timeout: PATIENCE_MS, interval: 5 })
          .toBeGreaterThan(before + 15);
        process.kill(clickhouse.pid()!, 'SIGKILL');
        await Promise.all(writers);
        await expect.poll(() => answers(client), { timeout: PATIENCE_MS }).toBe(true);
        const stored = await storedBatches(client);
        expect([...acknowledged].filter(each => !stored.has(each))).toEqual([]);
        expect([...stored.values()].every(count => count === BATCH_ROWS)).toBe(true);
      }
      expect(acknowledged.size).toBeGreaterThan(75);
    },
  );
});

const BATCH_ROWS = 200;

async function insertBatch(client: ClickHouseClient, batch: number): Promise<boolean> {
  const values = Array.from({ length: BATCH_ROWS }, (_, n) => ({ batch, n, s: 'x'.repeat(100) }));
  try {
    await client.insert({ table: 'app.t', values, format: 'JSONEachRow' });
    return true;
  } catch {
    return false;
  }
}

async function storedBatches(client: ClickHouseClient): Promise<Map<number, number>> {
  const query = 'SELECT batch, toUInt32(count()) AS c FROM app.t GROUP BY batch';
  const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<{
    batch: number;
    c: number;
  }>();
  return new Map(rows.map(row => [row.batch, row.c]));
}

async function isRunning(url: string, part: string): Promise<boolean> {
  const query = `SELECT count() FROM system.processes WHERE query LIKE '%${part}(%' AND query NOT LIKE '%processes%'`;
  const result = await clientOf(url).query({ query, format: 'TabSeparated' });
  return (await result.text()) === '1\n';
}

function startEntry(args: string[]): ChildProcess {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  return spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

// A process that has ended but was not waited for (an orphan whose new parent does not reap) is not alive.
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
