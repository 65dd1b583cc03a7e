// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { bundle, bundles, generatedEvent } from './event.fixture.ts';
import { explain, explanationText } from './explain.ts';

const judge = compile(bundles);
const time = '2026-06-02T10:00:00+09:00';
/** A retailer is given power usage, without a switching request. */
const refused = {
  time,
  data: {
    operation: 'provide',
    purpose: 'switching_termination',
    business: 'electricity',
    fields: ['basic.name', 'customer.power_usage'],
    recipient: { category: 'retail_electricity_supplier', id: 'retailer-a' },
    refs: {},
  },
};

describe('an explanation', () => {
  it('tells in English which clause allowed, refused and left open, and what would have to change', () => {
    expect(
      explanationText(explain(judge, refused), 'en'),
    ).toBe(`violation (strict; literal: violation; policy astmax-energy 2024-04-01)
refused by:
  - [C3-G1 line 58, C3-G2 line 59, C3-G3 line 60] Field power usage is in none of the three groups of jointly used fields. (joint_field_outside: customer.power_usage)
left open by:
  - [C3-J2 line 48] The reference that this joint purpose needs (switching request) is missing. (joint_reference_missing: refs.switching_request)
allowed by:
  - [C3-J2 line 48] The purpose is one that the policy names. (purpose_listed: purpose)
  - [C2-B01 line 17] The business is one that the policy names. (business_listed: business)
  - [C3-R1 line 38, C3-J2 line 48, C3-G1 line 58] Partner, purpose and fields of this joint use are all in the policy. (joint_use: basic)
to conform:
  - Give the reference (switching request).
  - Do not share this field.
`);
  });

  it('tells the same in Japanese', () => {
    const text = explanationText(explain(judge, refused), 'ja');
    expect(text).toMatch(
      /^違反 \(厳格; 文面どおり: 違反; 方針 astmax-energy 2024-04-01\)\n拒んだ条項:\n {2}- \[C3-G1 58行/,
    );
    expect(text).toContain('適合するには:\n  - 参照(切替申込)を付ける。\n  - この項目を渡さない。\n');
  });

  it('asks for changes that do make the event conform', () => {
    const data = { ...refused.data, fields: ['basic.name'], refs: { switching_request: 'SW-1' } };
    const { verdict, refused: steps, left_open, changes } = explain(judge, { time, data });
    expect([verdict.outcome, steps, left_open, changes]).toEqual(['conforming', [], [], []]);
  });

  it('explains the mode of its judge', () => {
    const event = { time, data: { ...refused.data, fields: ['basic.name'] } };
    expect(explain(judge, event).left_open.map(({ code }) => code)).toEqual(['joint_reference_missing']);
    expect(explain(compile(bundles, { mode: 'literal' }), event).left_open).toEqual([]);
  });

  it('of an event under no version says so', () => {
    const text = explanationText(explain(judge, { ...refused, time: '2020-01-01T00:00:00Z' }), 'en');
    expect(text).toContain('undetermined (strict; literal: undetermined; no policy version in force)');
    expect(explanationText(explain(judge, 'nonsense'), 'ja')).toContain('時差付きの時刻');
  });

  it('has a reason and a change for whatever does not conform, and for nothing else', () => {
    fc.assert(
      fc.property(generatedEvent, event => {
        const { verdict, refused: no, left_open: open, allowed, changes } = explain(judge, event);
        expect(no.length > 0).toBe(verdict.outcome === 'violation');
        expect(no.length + open.length > 0).toBe(verdict.outcome !== 'conforming');
        expect(changes.length).toBe(no.length + open.length);
        expect(changes.every(({ ja, en }) => ja.length > 0 && en.length > 0)).toBe(true);
        expect(verdict.outcome !== 'conforming' || allowed.length > 0).toBe(true);
        const known = new Set(bundle.policy.clauses.map(({ id }) => id));
        for (const { clauses } of [...no, ...open, ...allowed]) {
          expect(clauses.every(({ id }) => known.has(id))).toBe(true);
          expect(clauses.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
