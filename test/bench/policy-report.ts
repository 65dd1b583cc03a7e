// SPDX-License-Identifier: Apache-2.0
// Figures of the judge from its readings, and the bars that the project set itself.
import { type Spread, spread } from './report.ts';

export type Step = 'parse' | 'evaluate' | 'evaluate_json' | 'unlisted_few' | 'unlisted_many';

export interface PolicyRun {
  events: number;
  rounds: number;
  /** Of an event, on average. */
  bytes: number;
  machine: { cores: number; memoryGiB: number; node: string };
  mix: {
    kinds: { what: string; share: number }[];
    /** Shares of the strict outcomes. */
    outcomes: Record<'conforming' | 'undetermined' | 'violation', number>;
    /** Verdicts that differ from each other. */
    verdicts: number;
    operations: number;
    /** Of the policy's categories, those that receive something. */
    recipients: number;
  };
  /** Nanoseconds of processor time an event, one number a round. */
  readings: Record<Step, number[]>;
}

export interface PolicyReport extends PolicyRun {
  steps: { step: Step; nanos: Spread; per_second: number; over_parse: number }[];
  bars: { bar: string; wanted: number; got: number; holds: boolean }[];
}

const WHAT: Record<Step, string> = {
  parse: 'JSON.parse of the event',
  evaluate: 'evaluate',
  evaluate_json: 'evaluate, and the verdict as it is committed',
  unlisted_few: 'evaluate, each event with one of 8 unlisted fields',
  unlisted_many: 'evaluate, each event with an unlisted field of its own',
};
const EVENTS_A_SECOND = 400_000;
const OF_PARSE = 1;

export function policyReportOf(run: PolicyRun): PolicyReport {
  const parse = spread(run.readings.parse).median;
  const steps = (Object.keys(WHAT) as Step[]).map(step => {
    const nanos = spread(run.readings[step]);
    return { step, nanos, per_second: 1e9 / nanos.median, over_parse: nanos.median / parse };
  });
  const evaluate = steps.find(({ step }) => step === 'evaluate')!;
  const bars = [
    {
      bar: 'evaluate, events/s of one core >=',
      wanted: EVENTS_A_SECOND,
      got: Math.round(evaluate.per_second),
    },
    {
      bar: 'evaluate, x the time of JSON.parse <=',
      wanted: OF_PARSE,
      got: Number(evaluate.over_parse.toFixed(2)),
    },
  ];
  const [speed, ratio] = [evaluate.per_second >= EVENTS_A_SECOND, evaluate.over_parse <= OF_PARSE];
  return { ...run, steps, bars: bars.map((bar, at) => ({ ...bar, holds: at === 0 ? speed : ratio })) };
}

/** The table for people, in Markdown. */
export function policyTableOf({ events, rounds, bytes, machine, mix, steps, bars }: PolicyReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
  const { conforming, undetermined, violation } = mix.outcomes;
  const frequent = mix.kinds.filter(({ share }) => share >= 0.01);
  const lines = [
    `${events} events of ${Math.round(bytes)} bytes, ${rounds} rounds, medians (lowest to highest) of processor time; ` +
      `${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node}`,
    '',
    `Mix: ${mix.kinds.length} kinds, ${mix.operations} operations, ${mix.recipients} categories of recipients; ` +
      `conforming ${percent(conforming)}, undetermined ${percent(undetermined)}, violation ${percent(violation)} (strict); ` +
      `${mix.verdicts} verdicts that differ. ${frequent.map(({ what, share }) => `${what} ${percent(share)}`).join(', ')}; ` +
      `the other ${mix.kinds.length - frequent.length} kinds ${percent(1 - frequent.reduce((sum, { share }) => sum + share, 0))}.`,
    '',
    '| step | ns/event | events/s of one core | x JSON.parse |',
    '|---|---|---|---|',
    ...steps.map(({ step, nanos: { median, min, max }, per_second, over_parse }) => {
      const nanos = [median, min, max].map(Math.round);
      return `| ${WHAT[step]} | ${nanos[0]} (${nanos[1]} to ${nanos[2]}) | ${Math.round(per_second / 1000)}k | ${over_parse.toFixed(2)} |`;
    }),
    '',
    ...bars.map(
      ({ bar, wanted, got, holds }) => `bar ${bar} ${wanted}: ${holds ? 'holds' : 'DOES NOT HOLD'} (${got})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
