// SPDX-License-Identifier: Apache-2.0
// The stack: real Kafka and S3 and the embedded ClickHouse on this machine, and each service as a process of its
// own against them. Runs detached under `ashiato stack up`; everything it needs and says lies in one folder.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { firstStart } from '@ashiato/auth';
import { startClickHouse } from '@ashiato/clickhouse-embedded';
import { startKafka, startS3 } from '@ashiato/infra-local';
import { openQueue } from '@ashiato/queue';
import { announce, childEnvironment, withdraw } from '@ashiato/runtime';
import { TOPICS } from '@ashiato/schema';
import { runService, type ServiceProcess } from './service-process.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const READY_MS = 120_000;
const say = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`);

const dir = resolve(process.argv[2]!);
const recorders = Number(process.argv[3] ?? 1);
const closing: (() => Promise<void>)[] = [];
let ending = false;

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));
try {
  await up();
} catch (error) {
  say(`could not start: ${error instanceof Error ? error.stack : String(error)}`);
  await end(2);
}

async function up(): Promise<void> {
  for (const folder of ['', 'logs', 'keys']) mkdirSync(join(dir, folder), { recursive: true, mode: 0o700 });
  const password = secret('clickhouse-password');
  say('starting Kafka, S3 and ClickHouse');
  const page = join(ROOT, 'services/dashboard/dist');
  const [kafka, s3, clickhouse] = await Promise.all([
    started(startKafka({ dir: join(dir, 'kafka') })),
    started(startS3({ dir: join(dir, 's3') })),
    started(startClickHouse({ dir: join(dir, 'clickhouse'), password, log: say })),
    buildPage(),
  ]);
  firstStart(join(dir, 'tokens'));
  writeFileSync(join(dir, 'keys', 's3-secret'), s3.secretAccessKey, { mode: 0o600 });
  const objects = `s3://ashiato?endpoint=${encodeURIComponent(s3.endpoint)}&region=${s3.region}`;
  const [api, intake] = [await freePort(8420), await freePort(8421)];
  const env = {
    ASHIATO_DATA_DIR: dir,
    ASHIATO_QUEUE_URL: `kafka://${kafka.bootstrap}`,
    ASHIATO_OBJECTS_URL: objects,
    ASHIATO_OBJECTS_ACCESS_KEY: s3.accessKeyId,
    ASHIATO_OBJECTS_SECRET_FILE: join(dir, 'keys', 's3-secret'),
    ASHIATO_CLICKHOUSE_URL: clickhouse.url,
    ASHIATO_CLICKHOUSE_PASSWORD_FILE: join(dir, 'keys', 'clickhouse-password'),
  };
  const service = (name: string, as: string, more: Record<string, string>): ServiceProcess => {
    const process = runService(name, { as, dir, env: childEnvironment({ ...env, ...more }), onEvent: say });
    closing.push(() => process.stop());
    return process;
  };
  for (let i = 1; i <= recorders; i++)
    service('recorder', `recorder-${i}`, { ASHIATO_RECORDER_ID: `recorder-${i}` });
  service('notary', 'notary', {});
  service('intake', 'intake', { ASHIATO_LISTEN: `127.0.0.1:${intake}` });
  service('api', 'api', { ASHIATO_LISTEN: `127.0.0.1:${api}`, ASHIATO_API_PAGE_DIR: page });
  const addresses = { api: `http://127.0.0.1:${api}`, intake: `http://127.0.0.1:${intake}` };
  await Promise.all([...Object.values(addresses).map(untilHealthy), untilTopics(env.ASHIATO_QUEUE_URL)]);
  announce(dir, {
    kind: 'stack',
    pid: process.pid,
    ...addresses,
    tokens: join(dir, 'tokens'),
    queue: env.ASHIATO_QUEUE_URL,
    objects: {
      url: objects,
      options: { credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey } },
    },
    clickhouse: { url: clickhouse.url, username: 'default', password },
  });
  say('ready');
}

/** By the dashboard's own program; it does nothing when the page is as its sources are. */
async function buildPage(): Promise<void> {
  const program = 'const { buildDashboard } = await import(process.argv[1]); await buildDashboard();';
  const door = join(ROOT, 'services/dashboard/src/server/index.ts');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, door], {
    stdio: ['ignore', 1, 1],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the page could not be built');
}

async function started<T extends { stop(): Promise<void> }>(engine: Promise<T>): Promise<T> {
  const running = await engine;
  closing.push(() => running.stop());
  return running;
}

/** Services end before engines, each in reverse order of its start. */
async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  say('ending');
  withdraw(dir);
  for (const close of closing.reverse()) await close().catch(error => say(`while ending: ${String(error)}`));
  process.exit(code);
}

/** A secret made once and kept for the next start. */
function secret(name: string): string {
  const path = join(dir, 'keys', name);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    const made = randomBytes(24).toString('base64url');
    writeFileSync(path, made, { mode: 0o600 });
    return made;
  }
}

async function untilHealthy(base: string): Promise<void> {
  for (const deadline = Date.now() + READY_MS; ; ) {
    const answer = await fetch(`${base}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline)
      throw new Error(`${base} did not become healthy in ${READY_MS / 1000} s; see the logs folder`);
    await pause(100);
  }
}

/** Made by the recorder: a foreign producer must find them, since the broker makes none by itself. */
async function untilTopics(url: string): Promise<void> {
  const queue = openQueue(url);
  for (const deadline = Date.now() + READY_MS; ; await pause(200)) {
    const held = await Promise.all(Object.values(TOPICS).map(topic => queue.offsets(topic))).catch(() => []);
    if (held.length > 0) return queue.close();
    if (Date.now() > deadline)
      throw new Error('the recorder did not make the topics; see logs/recorder-1.log');
  }
}

/** The wanted port, or any free one when it is taken. */
function freePort(wanted: number): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', () => (wanted === 0 ? fail(new Error('no free port')) : done(freePort(0))));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
