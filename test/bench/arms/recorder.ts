// SPDX-License-Identifier: Apache-2.0
// Arms A and A1: our walk. Recorder processes of one group read, validate, judge, commit segments to a folder store
// and project them into ClickHouse through our front.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { childEnvironment } from '@ashiato/runtime';
import { startCpuClock } from '../cpu-clock.ts';
import type { Bed, Drain } from '../drain.ts';
import { laterCpu, type OurEngine, PASSWORD, startOurEngine } from '../our-engine.ts';
import { PARTITIONS } from '../walk-events.ts';

const MAIN = join(import.meta.dirname, '../../../services/recorder/src/main.ts');
const HOUR_MS = 3_600_000;

/** `recorders` share the partitions among them. */
export async function runRecorderArm(bed: Bed, recorders: number): Promise<Drain> {
  const folder = bed.freshFolder('recorder');
  const engine = await startOurEngine(folder);
  const group = `recorder-${crypto.randomUUID()}`;
  const started = Array.from({ length: recorders }, () => startRecorder(bed, folder, engine.url, group));
  const stopAll = () => Promise.all(started.map(({ stop }) => stop()));
  try {
    await Promise.race(started.map(({ takenOver }) => takenOver));
    const began = Date.now();
    const pids = started.map(({ child }, i) => [`recorder ${i + 1}`, child.pid!] as const);
    const clock = startCpuClock({
      broker: bed.brokerPid,
      engine: engine.pid,
      ...Object.fromEntries(pids),
    });
    await Promise.race([projected(engine, bed.events), ...started.map(({ failed }) => failed)]);
    const seconds = clock.seconds();
    const cpu = clock.spent();
    await checkRows(engine, bed.events);
    await stopAll();
    return {
      seconds,
      committedSeconds: (lastCommitAt(folder) - began) / 1000,
      cpu,
      laterCpu: await laterCpu(engine.pid, engine.ask),
    };
  } finally {
    await stopAll();
    await engine.stop();
  }
}

interface StartedRecorder {
  child: ChildProcess;
  /** The first partition of the topic was taken over: reading begins. */
  takenOver: Promise<void>;
  /** Rejects when it ends by itself, with its last words. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

function startRecorder(bed: Bed, folder: string, clickhouseUrl: string, group: string): StartedRecorder {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  if (bed.profile) mkdirSync(bed.profile, { recursive: true });
  const profiling = bed.profile ? ['--cpu-prof', `--cpu-prof-dir=${bed.profile}`] : [];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...profiling, MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment({
      ASHIATO_DATA_DIR: folder,
      ASHIATO_QUEUE_URL: `kafka://${bed.bootstrap}`,
      ASHIATO_CLICKHOUSE_URL: clickhouseUrl,
      ASHIATO_CLICKHOUSE_PASSWORD_FILE: passwordFile,
      ASHIATO_RECORDER_PARTITIONS: String(PARTITIONS),
      ASHIATO_RECORDER_GROUP: group,
      ASHIATO_RECORDER_BEACON_MS: String(HOUR_MS), // a beacon would change the topic for later rounds
    }),
  });
  const lastWords: string[] = [];
  let stopping = false;
  const takenOver = Promise.withResolvers<void>();
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', line => {
      lastWords.push(line);
      if (lastWords.length > 20) lastWords.shift();
      if (line.includes('partition taken over') && line.includes('"access"')) takenOver.resolve();
    });
  }
  const exited = once(child, 'exit');
  const failed = exited.then((): never => {
    throw new Error(stopping ? 'the recorder was stopped' : `the recorder ended:\n${lastWords.join('\n')}`);
  });
  failed.catch(() => undefined); // told through takenOver or the race above
  failed.catch(takenOver.reject);
  return {
    child,
    takenOver: takenOver.promise,
    failed,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function projected(engine: OurEngine, events: number): Promise<void> {
  while (Number(await engine.ask("SELECT sum(records) FROM segments WHERE stream = 'access'")) < events) {
    await pause(100);
  }
}

/** The walk is only a walk when every event stands there once, judged conforming. */
async function checkRows(engine: OurEngine, events: number): Promise<void> {
  const found = await engine.ask(
    `SELECT concat(toString(count()), ' rows, ', toString(uniqExact(partition, offset)), ' places, ',
            toString(countIf(verdict = 'conforming' AND delivery = 'new' AND missing_count = 0)), ' conforming')
     FROM records WHERE stream = 'access'`,
  );
  const expected = `${events} rows, ${events} places, ${events} conforming`;
  if (found !== expected) throw new Error(`arm A: expected ${expected}; found ${found}`);
}

/** When the last segment got its name in the store, milliseconds since 1970. */
function lastCommitAt(folder: string): number {
  const segments = globSync('objects/segments/access/*/*.zst', { cwd: folder });
  return Math.max(...segments.map(path => statSync(join(folder, path)).ctimeMs));
}
