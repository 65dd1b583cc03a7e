// SPDX-License-Identifier: Apache-2.0
// What holds under every policy, for every event: total, repeatable, monotone in the fields.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleOf, type PolicyBundle } from './bundle.ts';
import { compile, type Judge } from './compile.ts';
import { outcomesOf } from './describe-finding.ts';
import { brokenEventsOf, eventsOf, type GeneratedEvent } from './event.fixture.ts';
import { POLICIES } from './policies.fixture.ts';
import { OUTCOMES, type Outcome, type Verdict, verdictJson } from './verdict.ts';

const rank = (outcome: Outcome) => OUTCOMES.indexOf(outcome);
const MODES = ['literal', 'strict'] as const;
function reversed(value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

const withFields = (event: GeneratedEvent, fields: unknown) => ({
  ...event,
  data: { ...event.data, fields },
});

function checkShape(verdict: Verdict): void {
  expect(Object.keys(verdict)).toEqual(['outcome', 'literal', 'strict', 'policy', 'findings']);
  expect(verdict.findings.length).toBeGreaterThan(0);
  for (const finding of verdict.findings) {
    expect(Object.keys(finding)).toEqual(['code', 'clauses', 'mode', 'about', 'ja', 'en']);
    expect(finding.clauses.length).toBeGreaterThan(0);
    expect(`${finding.ja}${finding.en}`).not.toMatch(/[{}]/);
  }
}

/**
 * Adds a field to the list that an event states. What a row refuses stays refused; and where the list held a field
 * before, no outcome gets milder. (An event that touched nothing may be refused by no_rule alone, and a field that a
 * row allows then lifts that.) Returns how often a mode got worse, which shows that fields matter at all.
 */
function checkMonotone(judge: Judge, bundle: PolicyBundle, event: GeneratedEvent, field: string): number {
  const { fields: had } = event.data;
  if (!Array.isArray(had)) return 0;
  const [before, after] = [judge.evaluate(event), judge.evaluate(withFields(event, [...had, field]))];
  for (const mode of MODES) {
    const refused = before.findings.some(
      finding => finding.code !== 'no_rule' && outcomesOf(bundle, finding)[mode] === 'violation',
    );
    if (refused) expect(after[mode]).toBe('violation');
    if (had.length > 0) expect(rank(after[mode])).toBeGreaterThanOrEqual(rank(before[mode]));
  }
  return MODES.filter(mode => rank(after[mode]) > rank(before[mode])).length;
}

describe.each(POLICIES)('under $name, judging', ({ judge, bundle, bundles }) => {
  const events = eventsOf(bundle);
  const fields = fc.constantFrom(...bundle.policy.fields.map(({ id }) => id), 'income');

  it('gives a verdict on any JSON value, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), brokenEventsOf(bundle)), event =>
        checkShape(judge.evaluate(event)),
      ),
      { numRuns: 2000 },
    );
  });

  it('says the same again, from a judge that has seen nothing, whatever the order of members and fields', () => {
    fc.assert(
      fc.property(events, event => {
        const first = verdictJson(judge.evaluate(event));
        expect(verdictJson(judge.evaluate(event))).toBe(first);
        expect(verdictJson(judge.evaluate(reversed(event)))).toBe(first);
        const turned = event.data.fields && [...event.data.fields].reverse();
        const twice = turned && [...turned, ...turned];
        expect(verdictJson(judge.evaluate(withFields(event, twice)))).toBe(first);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(events, event => {
        expect(verdictJson(compile(bundles).evaluate(event))).toBe(verdictJson(judge.evaluate(event)));
      }),
      { numRuns: 20 },
    );
  });

  it('never gets milder when a field is added to those stated', () => {
    let worse = 0;
    fc.assert(
      fc.property(events, fields, (event, field) => {
        worse += checkMonotone(judge, bundle, event, field);
      }),
      { numRuns: 2000 },
    );
    expect(worse).toBeGreaterThan(20);
  });

  it('never gets milder either under whatever outcomes its rows and its no_rule might have', () => {
    const outcome = fc.constantFrom(...OUTCOMES);
    const variant = fc.array(fc.tuple(outcome, outcome, fc.integer({ min: 0, max: 9 })), {
      minLength: bundle.rules.rules.length + 1,
      maxLength: bundle.rules.rules.length + 1,
    });
    fc.assert(
      fc.property(
        variant,
        fc.array(fc.tuple(events, fields), { minLength: 20, maxLength: 20 }),
        (drawn, list) => {
          const changed = withOutcomes(bundle, drawn);
          const other = compile([changed]);
          for (const [event, field] of list) checkMonotone(other, changed, event, field);
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Some rows left out, the others with the outcomes drawn; rows that limit all fields keep theirs, as parsing asks. */
function withOutcomes(bundle: PolicyBundle, drawn: [Outcome, Outcome, number][]): PolicyBundle {
  const rules = bundle.rules.rules.flatMap((row, index) => {
    const [literal, strict, luck] = drawn[index]!;
    if (luck === 0) return [];
    return JSON.stringify(row.when).includes('"only"') ? [row] : [{ ...row, literal, strict }];
  });
  const [literal, strict] = drawn.at(-1)!;
  const fallback = {
    ...bundle.rules.fallback,
    no_rule: { ...bundle.rules.fallback.no_rule, literal, strict },
  };
  return bundleOf(bundle.policy, { ...bundle.rules, rules, fallback }, bundle.registers);
}

it('a row that limits all fields, made to refuse, would break this: parsing refuses it', () => {
  const { bundle } = POLICIES.find(({ name }) => name === 'astmax-energy')!;
  const rules = bundle.rules.rules.map(row =>
    row.code === 'update_readdressed'
      ? { ...row, literal: 'violation' as const, strict: 'violation' as const }
      : row,
  );
  // Nothing else would refuse more than the address, once this row is gone from the event.
  const kept = rules.filter(({ code }) => code !== 'update_beyond_notice');
  const judge = compile([bundleOf(bundle.policy, { ...bundle.rules, rules: kept }, bundle.registers)]);
  const refs = { administrative_notice: 'AN-1' };
  const event = {
    time: '2026-06-02T10:00:00+09:00',
    data: { operation: 'update', purpose: 'registration_update', fields: ['basic.address'], refs },
  };
  expect(judge.evaluate(event).strict).toBe('violation');
  expect(judge.evaluate(withFields(event, ['basic.address', 'basic.phone'])).strict).toBe('undetermined');
});
