// SPDX-License-Identifier: Apache-2.0
// Rows a second into a 24-column table of about 420 bytes a row, by format and number of connections.
// `node bench/insert-speed.ts [rows per insert] [inserts]`; prints a table and the engine's memory.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createClient } from '@clickhouse/client';
import { startClickHouse } from '../src/index.ts';

const rowsPerInsert = Number(process.argv[2] ?? 50_000);
const inserts = Number(process.argv[3] ?? 20);
const out = (line: string): void => void process.stdout.write(`${line}\n`);

const COLUMNS = `stream LowCardinality(String), part UInt16, pos UInt64, at DateTime64(3, 'UTC'), id UUID,
  service LowCardinality(String), actor String, org LowCardinality(String), role LowCardinality(String),
  session String, subject String, operation LowCardinality(String), fields Array(LowCardinality(String)),
  purpose LowCardinality(String), business LowCardinality(String), recipient LowCardinality(String),
  contract String, ticket String, outcome LowCardinality(String), verdict LowCardinality(String),
  clauses Array(LowCardinality(String)), rows UInt32, policy LowCardinality(String), event String`;
const SOURCE = `SELECT 'access', toUInt16(number % 6), number, now64(3, 'UTC'), generateUUIDv4(),
  concat('svc-', toString(number % 12)), concat('user-', toString(rand() % 5000)), concat('org-', toString(number % 40)),
  'operator', hex(rand64()), concat('s1.', hex(rand64()), hex(rand(1))), 'use', ['name','address','phone'],
  concat('purpose-', toString(number % 20)), concat('biz-', toString(number % 5)), '', concat('c1.', hex(rand64(2))),
  concat('T-', toString(rand() % 100000)), 'success', 'conforming', ['c-1','c-2'], toUInt32(1), 'v2026-04',
  randomPrintableASCII(150) FROM numbers(${rowsPerInsert})`;

const dir = mkdtempSync(join(tmpdir(), 'ashiato-bench-'));
const clickhouse = await startClickHouse({ dir, password: 'bench', memoryLimitBytes: 4 * 2 ** 30 });
const client = createClient({
  url: clickhouse.url,
  password: 'bench',
  max_open_connections: 8,
  request_timeout: 300_000,
});
try {
  await client.command({ query: 'CREATE DATABASE app ENGINE = Atomic' });
  for (const format of ['Native', 'RowBinary', 'JSONEachRow']) {
    const body = await bytesOf(`${SOURCE} FORMAT ${format}`);
    for (const connections of [1, 2]) await measure(format, body, connections);
  }
} finally {
  await client.close();
  await clickhouse.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function measure(format: string, body: Buffer, connections: number): Promise<void> {
  await client.command({
    query: `CREATE OR REPLACE TABLE app.t (${COLUMNS}) ENGINE = MergeTree ORDER BY (service, at)`,
  });
  await insert(format, body);
  const startedAt = performance.now();
  const cpuBefore = engineCpuSeconds();
  let left = inserts;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await insert(format, body);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = Math.round((inserts * rowsPerInsert) / seconds / 1000);
  const cpu = (((engineCpuSeconds() - cpuBefore) * 1e6) / (inserts * rowsPerInsert)).toFixed(1);
  const width = Math.round(body.length / rowsPerInsert);
  out(
    `${format.padEnd(12)} ${connections} connection(s) ${rate}k rows/s, engine ${cpu} µs CPU a row, ${width} B a row on the wire, ${memory()}`,
  );
}

async function insert(format: string, body: Buffer): Promise<void> {
  const sent = await client.exec({
    query: `INSERT INTO app.t FORMAT ${format}`,
    values: Readable.from([body]),
  });
  await sent.stream.toArray();
}

async function bytesOf(query: string): Promise<Buffer> {
  const alias = COLUMNS.replace(/\([^()]*(\([^()]*\))?[^()]*\)/g, '');
  const names = alias.split(',').map(column => column.trim().split(/\s+/)[0]!);
  await client.command({ query: `CREATE OR REPLACE TABLE app.s (${COLUMNS}) ENGINE = Memory` });
  await client.command({
    query: `INSERT INTO app.s (${names.join(', ')}) ${query.replace(/ FORMAT \w+$/, '')}`,
  });
  const answer = await client.exec({
    query: `SELECT * FROM app.s FORMAT ${/FORMAT (\w+)$/.exec(query)![1]}`,
  });
  return Buffer.concat(await answer.stream.toArray());
}

// User and system time of the engine's process, merges included; a tick is 10 ms.
function engineCpuSeconds(): number {
  const fields = readFileSync(`/proc/${clickhouse.pid()}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memory(): string {
  const status = readFileSync(`/proc/${clickhouse.pid()}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024);
  return `engine ${megabytes('VmRSS')} MB resident, ${megabytes('VmHWM')} MB peak`;
}
