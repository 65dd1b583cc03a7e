// SPDX-License-Identifier: Apache-2.0
// Figures of the sdk beside what one would use instead, and the bars that the project set itself.
import { type Spread, spread } from './report.ts';
import type { PublishedPackage } from './sdk-package.ts';

export const PAIRS = ['calls', 'durable', 'forward'] as const;
export type Pair = (typeof PAIRS)[number];
export type Side = 'sdk' | 'rival';

/** Of one event, by one run of a program. */
export interface Reading {
  micros: number;
  /** Processor time of all threads of the program, until the last event was where it should be. */
  cpu_micros: number;
}

export interface SdkRun {
  events: number;
  rounds: number;
  machine: { cores: number; memoryGiB: number; node: string };
  /** One reading a round; pairs that were not asked for are empty. */
  readings: Record<Pair, Record<Side, Reading[]>>;
  package: PublishedPackage | undefined;
}

export interface SdkReport extends SdkRun {
  arms: { pair: Pair; side: Side; micros: Spread; cpu_micros: Spread }[];
  /** `ratio` is of the two readings of one round, so that what slows a round down slows both. */
  bars: { pair: Pair; bar: string; ratio: Spread; holds: boolean }[];
}

const WHAT: Record<Pair, Record<Side, string>> = {
  calls: { sdk: 'record(), not waited for', rival: 'pino to a file, asynchronous' },
  durable: { sdk: 'record(), on disk, 100 at a time', rival: 'bare write + fdatasync, 100 at a time' },
  forward: { sdk: 'spool to Kafka', rival: 'kafkajs alone to Kafka, from memory' },
};

/** A speed is theirs over ours in time. */
const BARS: Record<Pair, { bar: string; holds: (ratio: number) => boolean; of: Side }> = {
  calls: { bar: "record(), x pino's time per call <= 1", holds: ratio => ratio <= 1, of: 'sdk' },
  durable: { bar: 'durable record(), x the bare loop >= 0.8', holds: ratio => ratio >= 0.8, of: 'rival' },
  forward: { bar: 'forwarding, x bare kafkajs >= 0.9', holds: ratio => ratio >= 0.9, of: 'rival' },
};

export function sdkReportOf(run: SdkRun): SdkReport {
  const measured = PAIRS.filter(pair => run.readings[pair].sdk.length > 0);
  const arms = measured.flatMap(pair =>
    (['sdk', 'rival'] as const).map(side => ({
      pair,
      side,
      micros: spread(run.readings[pair][side].map(({ micros }) => micros)),
      cpu_micros: spread(run.readings[pair][side].map(({ cpu_micros }) => cpu_micros)),
    })),
  );
  const bars = measured.map(pair => {
    const { sdk, rival } = run.readings[pair];
    const { bar, holds, of } = BARS[pair];
    const [over, under] = of === 'sdk' ? [sdk, rival] : [rival, sdk];
    const ratio = spread(over.map(({ micros }, round) => micros / under[round]!.micros));
    return { pair, bar, ratio, holds: holds(ratio.median) };
  });
  return { ...run, arms, bars };
}

/** The table for people, in Markdown. */
export function sdkTableOf({ events, rounds, machine, arms, bars, package: packed }: SdkReport): string {
  const span = ({ median, min, max }: Spread) =>
    `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
  const lines = [
    `${events} events, ${rounds} round${rounds === 1 ? '' : 's'}, medians (lowest to highest); ${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node}`,
    '',
    '| arm | µs/event | events/s | CPU µs/event, all threads |',
    '|---|---|---|---|',
    ...arms.map(
      ({ pair, side, micros, cpu_micros }) =>
        `| ${WHAT[pair][side]} | ${span(micros)} | ${Math.round(1000 / micros.median)}k | ${cpu_micros.median.toFixed(1)} |`,
    ),
    '',
    ...bars.map(
      ({ bar, ratio, holds }) => `bar ${bar}: ${holds ? 'holds' : 'DOES NOT HOLD'} (${span(ratio)})`,
    ),
    ...(packed === undefined ? [] : [packageLine(packed)]),
  ];
  return `${lines.join('\n')}\n`;
}

function packageLine({ packedBytes, dependencies, native }: PublishedPackage): string {
  const found = native.length === 0 ? 'holds' : `DOES NOT HOLD (${native.join(', ')})`;
  const names = dependencies.join(', ');
  return `bar nothing native in the published package: ${found} (${packedBytes} bytes packed, ${dependencies.length} dependencies in its whole tree: ${names})`;
}
