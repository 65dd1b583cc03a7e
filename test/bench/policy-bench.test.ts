// SPDX-License-Identifier: Apache-2.0
// The figures of the judge are of the mix that they claim, and a bar that does not hold is told.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { decode } from '@ashiato/schema';
import { describe, expect, it } from 'vitest';
import { UsageError } from './options.ts';
import { parsePolicyOptions } from './policy-bench.ts';
import { policyMix } from './policy-mix.ts';
import { type PolicyReport, type PolicyRun, policyReportOf, policyTableOf } from './policy-report.ts';
import { withBlock } from './write-readme-block.ts';

const bundles = await loadPolicies(shippedPolicy());

describe('the mix', () => {
  const { texts, kinds } = policyMix(20_000, bundles[0]!);
  const judge = compile(bundles);
  const events = texts.map(text => JSON.parse(text));

  it('is the same each time, of events that the recorder takes', () => {
    expect(policyMix(20_000, bundles[0]!).texts).toEqual(texts);
    const taken = texts
      .map(text => decode('access', Buffer.from(text)))
      .filter(decoded => decoded.kind === 'event');
    expect(taken).toHaveLength(texts.length);
    // Only an event at no time is malformed, on purpose; what is left out is the judge's business.
    const members = taken.flatMap(({ problems }) => problems.map(({ member }) => member));
    expect(new Set(members)).toEqual(new Set(['/time']));
  });

  it('has every operation, category of recipients and outcome, as often as a trail would', () => {
    const { policy } = bundles[0]!;
    const categories = new Set(events.map(({ data }) => data.recipient?.category));
    expect(policy.recipients.filter(({ id }) => !categories.has(id))).toEqual([]);
    expect(new Set(events.map(({ data }) => data.operation)).size).toBe(6);
    const share = (outcome: string) =>
      events.filter(event => judge.evaluate(event).strict === outcome).length / events.length;
    expect(share('conforming')).toBeGreaterThan(0.85);
    expect(share('undetermined')).toBeGreaterThan(0.03);
    expect(share('violation')).toBeGreaterThan(0.003);
    expect(kinds.length).toBeGreaterThan(50);
    expect(kinds[0]!.share).toBeLessThan(0.3);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the report', () => {
  const run = (evaluate: number): PolicyRun => ({
    events: 10,
    rounds: 3,
    bytes: 600,
    machine: { cores: 2, memoryGiB: 8, node: 'v24' },
    mix: {
      kinds: [{ what: 'own use', share: 1 }],
      outcomes: { conforming: 1, undetermined: 0, violation: 0 },
      verdicts: 1,
      operations: 1,
      recipients: 0,
    },
    readings: {
      parse: [2000, 1000, 3000],
      evaluate: [evaluate],
      evaluate_json: [1],
      unlisted_few: [1],
      unlisted_many: [1],
    },
  });
  const bars = (evaluate: number) =>
    policyReportOf(run(evaluate)).bars.map(({ got, holds }) => `${got} ${holds}`);

  it('sets the bars against medians, and says when one does not hold', () => {
    expect(bars(1000)).toEqual(['1000000 true', '0.5 true']);
    expect(bars(2100)).toEqual(['476190 true', '1.05 false']);
    expect(bars(4000)).toEqual(['250000 false', '2 false']);
    expect(policyTableOf(policyReportOf(run(4000)))).toContain('DOES NOT HOLD (250000)');
  });

  it('goes into its own block of the README', () => {
    const marks = (block: string) =>
      `<!-- ${block}: written by --write-readme -->\nold\n<!-- end of ${block} -->\n`;
    const text = marks('figures') + marks('policy figures');
    const written = marks('figures') + marks('policy figures').replace('old', 'new');
    expect(withBlock(text, 'new', 'policy figures')).toBe(written);
  });
});

describe('the command', () => {
  it('refuses what it cannot run', () => {
    expect(() => parsePolicyOptions(['--events', 'many'])).toThrow(UsageError);
    expect(() => parsePolicyOptions(['walk'])).toThrow(UsageError);
    expect(parsePolicyOptions(['--help'])).toBe('help');
  });

  it('measures every step', async () => {
    const args = [
      join(import.meta.dirname, 'main.ts'),
      'policy',
      '--events',
      '500',
      '--rounds',
      '2',
      '--json',
    ];
    const run = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args]);
    const { readings, steps } = JSON.parse((await run).stdout) as PolicyReport;
    expect(Object.values(readings).map(list => list.length)).toEqual([2, 2, 2, 2, 2]);
    for (const { nanos } of steps) expect(nanos.median).toBeGreaterThan(0);
  });
});
