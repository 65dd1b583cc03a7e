// SPDX-License-Identifier: Apache-2.0
// Judges committed records again and adds up what comes out otherwise, clause by clause. Memory does not grow with
// the number of records, and the sum is plain JSON, so that it can be kept and gone on with.
import { type AuditLine, describeSchemaFinding, type EventLine } from '@ashiato/schema';
import type { PolicyBundle } from '../bundle.ts';
import type { Judge } from '../compile.ts';
import type { Mode, Outcome } from '../verdict.ts';
import { readInstant } from '../zoned-day.ts';
import { decidingFindings } from './deciding.ts';
import { eventOf, judgeAgain, type Rejudged } from './judge-event.ts';
import type { Period } from './period.ts';

const MODES: readonly Mode[] = ['literal', 'strict'];

type Outcomes = Record<Mode, Outcome>;
/** How many accesses went from which outcome to which, as `violation → conforming`, in each mode. */
type Steps = Record<Mode, Record<string, number>>;

/** One access that is judged otherwise. */
export type ChangedAccess = {
  id: string;
  time: string;
  recorded: Outcomes;
  now: Outcomes;
  /** What decides where the outcomes differ: clauses that stood against it, and clauses that do now. */
  clauses: string[];
  recorded_codes: string[];
  now_codes: string[];
};

/** Why a record was not judged again. A repeated delivery counts nowhere (DESIGN 6). */
export const LEFT_OUT = [
  'unreadable',
  'no_access',
  'redelivery',
  'time_unreadable',
  'outside_period',
] as const;
type LeftOut = (typeof LEFT_OUT)[number];

export type Tally = {
  records: number;
  left_out: Record<LeftOut, number>;
  accesses: number;
  changed: number;
  /** Accesses whose outcomes stay, for other reasons. */
  reasons: number;
  /** Accesses that had a policy in force when they were recorded, and have none now. */
  out_of_force: number;
  steps: Steps;
  clauses: Record<string, { changed: number; steps: Steps; first: string[] }>;
};

export type BacktestDeps = {
  judge: Judge;
  /** The bundle that a recorded verdict names. */
  recordedUnder(sha256: string): PolicyBundle;
  period: Period;
  /** How many record ids to keep for each clause. */
  first: number;
};

export function emptyTally(): Tally {
  const left = LEFT_OUT.map(why => [why, 0]);
  return {
    records: 0,
    left_out: Object.fromEntries(left) as Tally['left_out'],
    accesses: 0,
    changed: 0,
    reasons: 0,
    out_of_force: 0,
    steps: { literal: {}, strict: {} },
    clauses: {},
  };
}

/** Judges one record again and adds it to `tally`; returns the access where its outcome differs in any mode. */
export function backtestRecord(
  line: AuditLine,
  id: string,
  tally: Tally,
  deps: BacktestDeps,
): ChangedAccess | undefined {
  tally.records++;
  const why = leftOut(line, deps.period);
  if (why) return void tally.left_out[why]++;
  const recorded = (line as EventLine).verdict!;
  const now = judgeAgain(line as EventLine, deps.judge)!;
  tally.accesses++;
  if (recorded.policy && !now.policy) tally.out_of_force++;
  if (MODES.every(mode => recorded[mode] === now[mode])) {
    if (!sameReasons(recorded, now)) tally.reasons++;
    return undefined;
  }
  const changed = changedAccess(line as EventLine, id, now, deps);
  add(changed, tally, deps.first);
  return changed;
}

function leftOut(line: AuditLine, { from, to }: Period): LeftOut | undefined {
  if ('unreadable' in line) return 'unreadable';
  if (line.verdict === null) return 'no_access';
  if (line.delivery?.kind === 'redelivery') return 'redelivery';
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return undefined;
  const at = readInstant(eventOf(line).time);
  if (Number.isNaN(at)) return 'time_unreadable';
  return at >= from && at < to ? undefined : 'outside_period';
}

function sameReasons(a: Rejudged, b: Rejudged): boolean {
  return (
    a.findings.length === b.findings.length &&
    a.findings.every((one, at) => {
      const other = b.findings[at]!;
      return (
        one.code === other.code &&
        one.mode === other.mode &&
        one.about === other.about &&
        one.clauses.join() === other.clauses.join()
      );
    })
  );
}

function changedAccess(
  line: EventLine,
  id: string,
  now: Rejudged,
  { judge, recordedUnder }: BacktestDeps,
): ChangedAccess {
  const recorded = line.verdict!;
  const current = judge.bundles.find(({ sha256 }) => sha256 === now.policy?.sha256);
  const sides = [
    { verdict: recorded, bundle: recorded.policy && recordedUnder(recorded.policy.sha256) },
    { verdict: now, bundle: current ?? null },
  ];
  const differing = MODES.filter(mode => recorded[mode] !== now[mode]);
  const clauses = sides.flatMap(({ verdict: one, bundle }) =>
    differing
      .filter(mode => one[mode] !== 'conforming')
      .flatMap(mode => decidingFindings(bundle, { ...one, findings: ofPolicy(one) }, mode))
      .flatMap(finding => finding.clauses),
  );
  const codes = ({ findings }: Rejudged) => [...new Set(findings.map(({ code }) => code))];
  return {
    id,
    time: String(eventOf(line).time ?? ''),
    recorded: { literal: recorded.literal, strict: recorded.strict },
    now: { literal: now.literal, strict: now.strict },
    clauses: [...new Set(clauses)].sort(),
    recorded_codes: codes(recorded).filter(code => !codes(now).includes(code)),
    now_codes: codes(now).filter(code => !codes(recorded).includes(code)),
  };
}

/** What the shape of an event had against it rests on no clause. */
const ofPolicy = ({ findings }: Rejudged) => findings.filter(({ code }) => !describeSchemaFinding(code));

function add({ id, recorded, now, clauses }: ChangedAccess, tally: Tally, first: number): void {
  tally.changed++;
  count(tally.steps, recorded, now);
  for (const clause of clauses) {
    tally.clauses[clause] ??= { changed: 0, steps: { literal: {}, strict: {} }, first: [] };
    const sum = tally.clauses[clause];
    sum.changed++;
    count(sum.steps, recorded, now);
    if (sum.first.length < first) sum.first.push(id);
  }
}

function count(steps: Steps, recorded: Outcomes, now: Outcomes): void {
  for (const mode of MODES) {
    if (recorded[mode] === now[mode]) continue;
    const step = `${recorded[mode]} → ${now[mode]}`;
    steps[mode][step] = (steps[mode][step] ?? 0) + 1;
  }
}
