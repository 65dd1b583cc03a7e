// SPDX-License-Identifier: Apache-2.0
// A trail on real engines for the end-to-end tests: Kafka, S3 with Object Lock, ClickHouse, and recorders as
// processes of their own that can be paused, killed and started again. The command is run as people run it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ClickHouse, startClickHouse } from '@ashiato/clickhouse-embedded';
import { type KafkaForTests, kafkaForTests, kafkaJars, s3ForTests } from '@ashiato/infra-local';
import { createLedger, type Ledger } from '@ashiato/ledger';
import { ensureBucket, type ObjectStore, openObjectStore } from '@ashiato/objects';
import { openQueue, type Queue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { createReports, openWarehouse, type Reports, type Warehouse } from '@ashiato/warehouse';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const PASSWORD = 'end-to-end';

export interface RealTrail {
  dir: string;
  kafka: KafkaForTests;
  queue: Queue;
  objects: ObjectStore;
  ledger: Ledger;
  warehouse: Warehouse;
  reports: Reports;
  env: Record<string, string>;
  recorder(as: string, more?: Record<string, string>): ChildProcess;
  /** Runs the command with this trail's engines; resolves with its exit code too when it fails. */
  ashiato(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  kcat(lines: string[], options?: string[]): Promise<void>;
  stopClickHouse(): Promise<void>;
  startClickHouse(): Promise<void>;
  /** Resolves when every message now in the access topic is committed; with `projected`, queryable too. */
  settled(wanted: 'committed' | 'projected'): Promise<void>;
  close(): Promise<void>;
}

/** A fresh trail; `stream` names keep trails on one broker apart, since a topic feeds one stream. */
export async function openRealTrail({ partitions = 3 }: { partitions?: number } = {}): Promise<RealTrail> {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-e2e-'));
  mkdirSync(join(dir, 'logs'));
  const [kafka, s3] = await Promise.all([kafkaForTests(), s3ForTests()]);
  const objectsUrl = `s3://e2e-${Date.now()}-${process.pid}?endpoint=${encodeURIComponent(s3.endpoint)}`;
  const credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  await ensureBucket(objectsUrl, { credentials });
  writeFileSync(join(dir, 's3-secret'), s3.secretAccessKey, { mode: 0o600 });
  writeFileSync(join(dir, 'clickhouse-password'), PASSWORD, { mode: 0o600 });
  let clickhouse: ClickHouse | undefined = await startClickHouse({
    dir: join(dir, 'clickhouse'),
    password: PASSWORD,
  });
  const port = Number(new URL(clickhouse.url).port);
  const objects = openObjectStore(objectsUrl, { credentials });
  const ledger = createLedger({ objects });
  const queue = openQueue(`kafka://${kafka.bootstrap}`);
  const warehouse = openWarehouse({ url: clickhouse.url, username: 'default', password: PASSWORD });
  await queue.ensureTopics([
    { topic: TOPICS.access, partitions },
    { topic: TOPICS.context, partitions: 1 },
    { topic: TOPICS.control, partitions: 1 },
  ]);
  const env = {
    ASHIATO_DATA_DIR: dir,
    ASHIATO_QUEUE_URL: `kafka://${kafka.bootstrap}`,
    ASHIATO_OBJECTS_URL: objectsUrl,
    ASHIATO_OBJECTS_ACCESS_KEY: s3.accessKeyId,
    ASHIATO_OBJECTS_SECRET_FILE: join(dir, 's3-secret'),
    ASHIATO_CLICKHOUSE_URL: clickhouse.url,
    ASHIATO_CLICKHOUSE_PASSWORD_FILE: join(dir, 'clickhouse-password'),
    ASHIATO_RECORDER_PARTITIONS: String(partitions),
    ASHIATO_RECORDER_BEACON_MS: '3600000', // so that offsets can be compared while nothing else is produced
  };
  const children: ChildProcess[] = [];
  const reports = createReports(warehouse);

  const reached = new Map<number, number>(); // partition → next offset, as far as segments were seen
  async function committedAll(): Promise<boolean> {
    for (const { partition, high } of await queue.offsets(TOPICS.access)) {
      let next = reached.get(partition) ?? 0;
      for (let segment = await ledger.read('access', partition, next); segment; ) {
        next = segment.header.to + 1;
        segment = await ledger.read('access', partition, next);
      }
      reached.set(partition, next);
      if (next < high) return false;
    }
    return true;
  }

  async function projectedAll(): Promise<boolean> {
    const frontier = await reports.frontier().catch(() => []);
    const offsets = await queue.offsets(TOPICS.access);
    const to = new Map(frontier.filter(row => row.stream === 'access').map(row => [row.partition, row.to]));
    return offsets.every(({ partition, high }) => high === 0 || (to.get(partition) ?? -1) >= high - 1);
  }

  return {
    dir,
    kafka,
    queue,
    objects,
    ledger,
    warehouse,
    reports,
    env,
    recorder(as, more = {}) {
      const log = openSync(join(dir, 'logs', `${as}.log`), 'a');
      const main = join(ROOT, 'services/recorder/src/main.ts');
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
        stdio: ['ignore', log, log],
        env: { ...process.env, ...env, ASHIATO_RECORDER_ID: as, ...more },
      });
      children.push(child);
      return child;
    },
    async ashiato(...args) {
      const main = join(ROOT, 'packages/cli/src/main.ts');
      const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 28, cwd: dir };
      try {
        const done = await run(
          process.execPath,
          ['--disable-warning=ExperimentalWarning', main, ...args],
          options,
        );
        return { code: 0, ...done };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, stdout, stderr };
      }
    },
    async kcat(lines, options = []) {
      const file = join(dir, `produced-${crypto.randomUUID()}.jsonl`);
      writeFileSync(file, `${lines.join('\n')}\n`);
      await run('kcat', ['-b', kafka.bootstrap, '-t', TOPICS.access, '-P', '-l', file, ...options]);
      rmSync(file);
    },
    async stopClickHouse() {
      await clickhouse?.stop();
      clickhouse = undefined;
    },
    async startClickHouse() {
      clickhouse = await startClickHouse({ dir: join(dir, 'clickhouse'), port, password: PASSWORD });
    },
    async settled(wanted) {
      while (!(await (wanted === 'committed' ? committedAll() : projectedAll()))) await pause(200);
    },
    async close() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await warehouse.close();
      await queue.close();
      await objects.close();
      await clickhouse?.stop();
      await Promise.all([kafka.stop(), s3.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What a recorder said, for the message of a failing test. */
export const logOf = (trail: RealTrail, as: string): string =>
  readFileSync(join(trail.dir, 'logs', `${as}.log`), 'utf8');

/** With Kafka's own client, and gone when it resolves. */
export async function deleteTopic({ kafka, queue }: RealTrail, topic: string): Promise<void> {
  const program = join(import.meta.dirname, 'DeleteTopic.java');
  await run('java', ['-cp', join(await kafkaJars(), '*'), program, kafka.bootstrap, topic]);
  for (;;) {
    const left = await queue.offsets(topic).catch(() => []);
    if (left.length === 0) return;
    await pause(100);
  }
}
