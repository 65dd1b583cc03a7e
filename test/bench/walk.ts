// SPDX-License-Identifier: Apache-2.0
// Every arm drains the same topic, in turn, round after round; each on an engine just started with empty tables.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type StartedKafka, startKafka } from '@ashiato/infra-local';
import { runClientArm } from './arms/client.ts';
import { runKafkaEngineArm } from './arms/kafka-engine.ts';
import { runReadArm } from './arms/read.ts';
import { runRecorderArm } from './arms/recorder.ts';
import type { Bed, Drain } from './drain.ts';
import type { ArmName, WalkOptions } from './options.ts';
import { startOurEngine } from './our-engine.ts';
import { type Report, reportOf, type Versions } from './report.ts';
import { fillTopic } from './topic.ts';

const RUNS: Record<ArmName, (bed: Bed) => Promise<Drain>> = {
  A: bed => runRecorderArm(bed, 2),
  A1: bed => runRecorderArm(bed, 1),
  B: bed => runKafkaEngineArm(bed, 'B'),
  B1: bed => runKafkaEngineArm(bed, 'B1'),
  B2: bed => runKafkaEngineArm(bed, 'B2'),
  C: runClientArm,
  D1: bed => runReadArm(bed, 'kafkajs'),
  D2: bed => runReadArm(bed, 'queue'),
};

export async function runWalk(options: WalkOptions, say: (line: string) => void): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'ashiato-bench-'));
  const sweepAll = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', sweepAll); // also when a signal ends us
  let kafka: StartedKafka | undefined;
  try {
    kafka = await startKafka({ dir: join(folder, 'kafka') });
    const bed = await layBed(folder, kafka, options, say);
    const drains = new Map<ArmName, Drain[]>(options.arms.map(arm => [arm, []]));
    for (let round = 1; round <= options.rounds; round++) {
      for (const arm of inTurn(options.arms, round)) {
        const drain = await RUNS[arm](bed);
        drains.get(arm)!.push(drain);
        say(`round ${round}, ${arm}: ${Math.round(options.events / drain.seconds)} events/s`);
      }
    }
    const machine = { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) };
    return reportOf(
      { events: options.events, rounds: options.rounds, machine, versions: bed.versions },
      drains,
    );
  } finally {
    await kafka?.kill(0, 'SIGKILL');
    sweepAll();
    process.off('exit', sweepAll);
  }
}

/** Every second round backwards, so that no arm always follows the same one. */
const inTurn = (arms: ArmName[], round: number) => (round % 2 === 1 ? arms : arms.toReversed());

async function layBed(
  folder: string,
  kafka: StartedKafka,
  options: WalkOptions,
  say: (line: string) => void,
) {
  const arms = join(folder, 'arms');
  // All are kept until the end: some file systems make a new file dearly for minutes after many were deleted.
  const freshFolder = (name: string) => {
    const fresh = join(arms, `${name}-${crypto.randomUUID()}`);
    mkdirSync(fresh, { recursive: true });
    return fresh;
  };
  const engine = await startOurEngine(freshFolder('table'));
  const table = await engine.ask('SHOW CREATE TABLE records');
  const versions: Versions = {
    node: process.version,
    clickhouse: await engine.ask('SELECT version()'),
    kafka: kafkaVersion(kafka.jars),
  };
  await engine.stop();
  const topic = await fillTopic(kafka.bootstrap, options.events, say);
  return {
    bootstrap: kafka.bootstrap,
    topic,
    events: options.events,
    brokerPid: kafka.pids()[0]!,
    freshFolder,
    recordsTable: table.replace(/CREATE TABLE \S+/, 'CREATE TABLE records'),
    profile: options.profile,
    versions,
  };
}

/** From the name of the broker's own jar. */
function kafkaVersion(jars: string): string {
  const jar = readdirSync(jars).find(name => /^kafka_\d/.test(name));
  return /-([\d.]+)\.jar$/.exec(jar ?? '')?.[1] ?? 'unknown';
}
