// SPDX-License-Identifier: Apache-2.0
// How fast the judge is, on one core, beside JSON.parse of the same events in the same process.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { compile, type Judge, type PolicyBundle, verdictJson } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { UsageError } from './options.ts';
import { policyMix } from './policy-mix.ts';
import { type PolicyReport, policyReportOf, type Step } from './policy-report.ts';

export interface PolicyBenchOptions {
  events: number;
  rounds: number;
  json: boolean;
  writeReadme: boolean;
}

export const POLICY_USAGE = `bench policy: events judged a second on one core, beside JSON.parse of the same events

  --events N      events of the mix (default 50000)
  --rounds N      rounds; each takes every step once, in turn (default 15)
  --json          all readings as JSON on standard output
  --write-readme  rewrites the block of figures in test/bench/README.md
  --help          this
`;

/** Throws UsageError for anything that cannot be run. */
export function parsePolicyOptions(words: string[]): PolicyBenchOptions | 'help' {
  const { values } = parsed(words);
  if (values.help) return 'help';
  return {
    events: count('--events', values.events),
    rounds: count('--rounds', values.rounds),
    json: values.json,
    writeReadme: values['write-readme'],
  };
}

function parsed(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        events: { type: 'string', default: '50000' },
        rounds: { type: 'string', default: '15' },
        json: { type: 'boolean', default: false },
        'write-readme': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`${name}: expected a whole number from 1, got ${text}`);
}

/** The steps take turns, every second round backwards, so that no step always follows the same one. */
export async function runPolicyBench(
  { events: wanted, rounds }: PolicyBenchOptions,
  say: (line: string) => void,
): Promise<PolicyReport> {
  const bundles = await loadPolicies(shippedPolicy());
  const { texts, kinds } = policyMix(wanted, bundles[0]!);
  const events = texts.map(text => JSON.parse(text) as unknown);
  const judge = compile(bundles);
  const steps = stepsOf(texts, events, judge, bundles);
  const readings = Object.fromEntries(steps.map(({ step }) => [step, [] as number[]])) as Record<
    Step,
    number[]
  >;
  for (let round = 0; round <= rounds; round++) {
    for (const { step, take } of round % 2 === 0 ? steps : steps.toReversed()) {
      const nanos = measure(wanted, take);
      // Round 0 warms up: the compiler, and the verdicts that the judge remembers.
      if (round > 0) readings[step].push(nanos);
    }
    say(`round ${round} of ${rounds}`);
  }
  return policyReportOf({
    events: wanted,
    rounds,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / wanted,
    machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version },
    mix: { kinds, ...whatCameOut(events, judge, bundles[0]!) },
    readings,
  });
}

function stepsOf(
  texts: readonly string[],
  events: readonly unknown[],
  judge: Judge,
  bundles: readonly PolicyBundle[],
): { step: Step; take: (index: number) => number }[] {
  const [some, never] = [compile(bundles), compile(bundles)];
  const few = events.map((event, n) => withField(event, `other.f${n % 8}`));
  const many = events.map((event, n) => withField(event, `other.f${n}`));
  return [
    { step: 'parse', take: at => (JSON.parse(texts[at]!) as { id: string }).id.length },
    { step: 'evaluate', take: at => judge.evaluate(events[at]).findings.length },
    { step: 'evaluate_json', take: at => verdictJson(judge.evaluate(events[at]), 'committed').length },
    { step: 'unlisted_few', take: at => some.evaluate(few[at]).findings.length },
    { step: 'unlisted_many', take: at => never.evaluate(many[at]).findings.length },
  ];
}

function withField(event: unknown, field: string): unknown {
  const { data, ...envelope } = event as { data: { fields?: string[] } };
  return { ...envelope, data: { ...data, fields: [...(data.fields ?? []), field] } };
}

/** Nanoseconds of processor time an event, all threads of this process, so that neighbours count as little as can be. */
function measure(events: number, take: (index: number) => number): number {
  let sum = 0;
  const before = process.cpuUsage();
  for (let index = 0; index < events; index++) sum += take(index);
  const { user, system } = process.cpuUsage(before);
  if (sum === 0) throw new Error('the step did nothing');
  return ((user + system) * 1000) / events;
}

function whatCameOut(events: readonly unknown[], judge: Judge, { policy }: PolicyBundle) {
  const outcomes = { conforming: 0, undetermined: 0, violation: 0 };
  const recipients = new Set<unknown>();
  const operations = new Set<unknown>();
  const verdicts = new Set<unknown>();
  for (const event of events) {
    const verdict = judge.evaluate(event);
    outcomes[verdict.strict] += 1 / events.length;
    verdicts.add(verdict);
    const { data } = event as { data: { operation: string; recipient?: { category: string } } };
    operations.add(data.operation);
    if (policy.recipients.some(({ id }) => id === data.recipient?.category))
      recipients.add(data.recipient!.category);
  }
  return { outcomes, verdicts: verdicts.size, operations: operations.size, recipients: recipients.size };
}
