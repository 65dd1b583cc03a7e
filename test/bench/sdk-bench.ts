// SPDX-License-Identifier: Apache-2.0
// How fast the sdk records and forwards, each time beside what one would use instead, in a program of its own.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type StartedKafka, startKafka } from '@ashiato/infra-local';
import { openQueue } from '@ashiato/queue';
import { childEnvironment } from '@ashiato/runtime';
import { TOPICS } from '@ashiato/schema';
import { UsageError } from './options.ts';
import { installPackage } from './sdk-package.ts';
import {
  PAIRS,
  type Pair,
  type Reading,
  type SdkReport,
  type SdkRun,
  type Side,
  sdkReportOf,
} from './sdk-report.ts';

const PARTS = [...PAIRS, 'package'] as const;
type Part = (typeof PARTS)[number];

export interface SdkBenchOptions {
  events: number;
  rounds: number;
  only: Part[];
  json: boolean;
  writeReadme: boolean;
}

export const SDK_USAGE = `bench sdk: what record() and forwarding cost, beside pino, a bare fdatasync loop and kafkajs alone

  --events N      events of each arm (default 200000)
  --rounds N      rounds; each runs every arm once, in turn (default 5)
  --only LIST     only these of ${PARTS.join(',')}
  --json          all readings as JSON on standard output
  --write-readme  rewrites the block of figures in test/bench/README.md
  --help          this
`;

/** Throws UsageError for anything that cannot be run. */
export function parseSdkOptions(words: string[]): SdkBenchOptions | 'help' {
  const { values } = parsed(words);
  if (values.help) return 'help';
  return {
    events: count('--events', values.events, 1000),
    rounds: count('--rounds', values.rounds, 1),
    only: values.only.split(',').map(part),
    json: values.json,
    writeReadme: values['write-readme'],
  };
}

function parsed(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        events: { type: 'string', default: '200000' },
        rounds: { type: 'string', default: '5' },
        only: { type: 'string', default: PARTS.join(',') },
        json: { type: 'boolean', default: false },
        'write-readme': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function count(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`${name}: expected a whole number from ${least}, got ${text}`);
}

function part(text: string): Part {
  const found = PARTS.find(name => name === text);
  if (found === undefined) throw new UsageError(`--only: expected some of ${PARTS.join(',')}, got ${text}`);
  return found;
}

/** The two sides of a pair follow each other, in the other order every second round. */
export async function runSdkBench(
  { events, rounds, only }: SdkBenchOptions,
  say: (line: string) => void,
): Promise<SdkReport> {
  const folder = mkdtempSync(join(tmpdir(), 'ashiato-bench-'));
  const sweep = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', sweep); // also when a signal ends us
  let kafka: StartedKafka | undefined;
  try {
    const readings: SdkRun['readings'] = {
      calls: { sdk: [], rival: [] },
      durable: { sdk: [], rival: [] },
      forward: { sdk: [], rival: [] },
    };
    const pairs = PAIRS.filter(pair => only.includes(pair));
    if (only.includes('forward')) kafka = await startKafka({ dir: join(folder, 'kafka') });
    for (let round = 1; round <= rounds; round++) {
      for (const pair of pairs) {
        const sides: Side[] = round % 2 === 1 ? ['rival', 'sdk'] : ['sdk', 'rival'];
        for (const side of sides) {
          const dir = join(folder, `${pair}-${side}-${round}`);
          mkdirSync(dir);
          const reading = await RUNS[pair]({ side, dir, events, kafka });
          readings[pair][side].push(reading);
          say(`round ${round}, ${pair}, ${side}: ${reading.micros.toFixed(2)} µs an event`);
        }
      }
    }
    const machine = {
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    };
    mkdirSync(join(folder, 'package'));
    const published = only.includes('package') ? await installPackage(join(folder, 'package')) : undefined;
    return sdkReportOf({ events, rounds, machine, readings, package: published });
  } finally {
    await kafka?.kill(0, 'SIGKILL');
    sweep();
    process.off('exit', sweep);
  }
}

interface Arm {
  side: Side;
  dir: string;
  events: number;
  kafka: StartedKafka | undefined;
}

const RUNS: Record<Pair, (arm: Arm) => Promise<Reading>> = {
  calls: ({ side, dir, events }) => program('record-calls.ts', side, dir, events),
  durable: ({ side, dir, events }) => program('record-durably.ts', side, dir, events),
  forward: forwardTo,
};

async function forwardTo({ side, dir, events, kafka }: Arm): Promise<Reading> {
  const topic = side === 'sdk' ? TOPICS.access : 'bare';
  const queue = openQueue(`kafka://${kafka!.bootstrap}`);
  try {
    await queue.ensureTopics([{ topic, partitions: 1 }]);
    const held = async () => (await queue.offsets(topic))[0]!.high;
    const before = await held();
    const reading = await program('forward-events.ts', side, dir, events, kafka!.bootstrap, topic);
    const arrived = (await held()) - before;
    if (arrived !== events) throw new Error(`${side}: ${arrived} events arrived, expected ${events}`);
    return reading;
  } finally {
    await queue.close();
  }
}

async function program(name: string, ...args: (string | number)[]): Promise<Reading> {
  const file = join(import.meta.dirname, 'programs', name);
  const warnings = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];
  const env = childEnvironment({ KAFKAJS_NO_PARTITIONER_WARNING: '1' });
  const { stdout } = await promisify(execFile)(process.execPath, [...warnings, file, ...args.map(String)], {
    env,
  });
  return JSON.parse(stdout) as Reading;
}
