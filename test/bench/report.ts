// SPDX-License-Identifier: Apache-2.0
// Figures from drains: medians over rounds, lowest and highest, ratios against the bars the project set itself.
import type { Drain } from './drain.ts';
import type { ArmName } from './options.ts';

export interface Versions {
  node: string;
  clickhouse: string;
  kafka: string;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export interface ArmFigures {
  arm: ArmName;
  /** What it is, and which process was its ClickHouse. */
  what: string;
  engine: string;
  events_per_second: Spread;
  /** Until the last segment was committed; arm A only. */
  committed_events_per_second?: Spread;
  /** CPU microseconds per event, all processes, while draining. */
  cpu_us: Spread;
  /** The same by process, medians. */
  cpu_us_by_process: Record<string, number>;
  /** The engine's merges afterwards. */
  later_cpu_us?: Spread;
}

export interface Bar {
  /** Arm A's events per second over this arm's. */
  against: ArmName;
  wanted: number;
  got: number;
  holds: boolean;
}

export interface Report {
  events: number;
  rounds: number;
  machine: { cores: number; memoryGiB: number };
  versions: Versions;
  arms: ArmFigures[];
  bars: Bar[];
  /** Arm A against each rival: events per second, and CPU with the merges afterwards. */
  ratios: { against: ArmName; speed: number; cpu: number }[];
  readings: Record<string, Drain[]>;
}

const OURS = 'our engine (confined, HTTP front)';
const THEIRS = 'chDB in a process of its own, unconfined';
const WHAT: Record<ArmName, [what: string, engine: string]> = {
  A: ['our walk: validated, judged, committed, projected; 2 recorders', OURS],
  A1: ['the same, 1 recorder', OURS],
  B: ['Kafka engine + view, JSONEachRow, a JSONExtract a column', THEIRS],
  B1: ['the same, JSONEachRow into a named tuple', THEIRS],
  B2: ['the same, RawBLOB + one JSONExtract into a tuple', THEIRS],
  C: ['kafkajs + JSON.parse + JSONEachRow inserts', OURS],
  D1: ['reading alone, kafkajs', 'none'],
  D2: ['reading alone, our queue port', 'none'],
};
/** Arms that end in rows; reading alone is no rival. */
const RIVALS: ArmName[] = ['B', 'B1', 'B2', 'C'];
const BARS: { against: ArmName; wanted: number }[] = [
  { against: 'B', wanted: 1.5 },
  { against: 'C', wanted: 1.2 },
];

export function reportOf(
  run: Pick<Report, 'events' | 'rounds' | 'machine' | 'versions'>,
  drains: ReadonlyMap<ArmName, Drain[]>,
): Report {
  const arms = [...drains].map(([arm, list]) => figuresOf(arm, list, run.events));
  const walk = arms.find(({ arm }) => arm === 'A');
  const others = walk ? arms.filter(({ arm }) => RIVALS.includes(arm)) : [];
  const ratios = others.map(other => ({
    against: other.arm,
    speed: walk!.events_per_second.median / other.events_per_second.median,
    cpu: wholeCpu(walk!) / wholeCpu(other),
  }));
  const bars = BARS.flatMap(({ against, wanted }) => {
    const ratio = ratios.find(one => one.against === against);
    return ratio ? [{ against, wanted, got: ratio.speed, holds: ratio.speed >= wanted }] : [];
  });
  return { ...run, arms, bars, ratios, readings: Object.fromEntries(drains) };
}

const wholeCpu = ({ cpu_us, later_cpu_us }: ArmFigures) => cpu_us.median + (later_cpu_us?.median ?? 0);

function figuresOf(arm: ArmName, drains: Drain[], events: number): ArmFigures {
  const [what, engine] = WHAT[arm];
  const figures: ArmFigures = {
    arm,
    what,
    engine,
    events_per_second: spread(drains.map(({ seconds }) => events / seconds)),
    cpu_us: spread(drains.map(({ cpu }) => sum(Object.values(cpu)) / events)),
    cpu_us_by_process: Object.fromEntries(
      Object.keys(drains[0]!.cpu).map(name => [
        name,
        spread(drains.map(({ cpu }) => cpu[name]! / events)).median,
      ]),
    ),
  };
  const committed = drains.flatMap(({ committedSeconds }) => committedSeconds ?? []);
  if (committed.length > 0)
    figures.committed_events_per_second = spread(committed.map(seconds => events / seconds));
  const later = drains.flatMap(({ laterCpu }) => laterCpu ?? []);
  if (later.length > 0) figures.later_cpu_us = spread(later.map(micros => micros / events));
  return figures;
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** Median (of an even number, the mean of the middle two), lowest and highest. */
export function spread(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** The table for people, in Markdown. */
export function tableOf(report: Report): string {
  const { events, rounds, machine, versions } = report;
  const lines = [
    `${events} events of 545 bytes, ${rounds} round${rounds === 1 ? '' : 's'}, medians (lowest to highest); ${machine.cores} cores, ${machine.memoryGiB} GiB; ` +
      `Node ${versions.node}, Kafka ${versions.kafka}, ClickHouse ${versions.clickhouse}`,
    '',
    '| arm | events/s | CPU µs/event (later) | by process | ClickHouse |',
    '|---|---|---|---|---|',
    ...report.arms.map(armLine),
    '',
    ...report.arms.flatMap(committedLine),
    ...report.ratios.map(
      ({ against, speed, cpu }) =>
        `A/${against}: ${speed.toFixed(2)} x events/s, ${cpu.toFixed(2)} x CPU (merges included)`,
    ),
    ...report.bars.map(
      ({ against, wanted, got, holds }) =>
        `bar A >= ${wanted} x ${against}: ${holds ? 'holds' : 'DOES NOT HOLD'} (${got.toFixed(2)})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function armLine({
  arm,
  what,
  engine,
  events_per_second: speed,
  cpu_us,
  later_cpu_us,
  cpu_us_by_process,
}: ArmFigures) {
  const later = later_cpu_us ? ` (${later_cpu_us.median.toFixed(1)})` : '';
  const split = Object.entries(cpu_us_by_process).map(([name, micros]) => `${name} ${micros.toFixed(1)}`);
  return `| ${arm} ${what} | ${thousands(speed)} | ${cpu_us.median.toFixed(1)}${later} | ${split.join(', ')} | ${engine} |`;
}

const committedLine = ({ arm, committed_events_per_second: speed }: ArmFigures) =>
  speed ? [`${arm} to committed alone: ${thousands(speed)} events/s`] : [];

const kilo = (value: number) => `${(value / 1000).toFixed(1)}k`;
const thousands = ({ median, min, max }: Spread) => `${kilo(median)} (${kilo(min)} to ${kilo(max)})`;
