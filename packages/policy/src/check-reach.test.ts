// SPDX-License-Identifier: Apache-2.0
// Rows that no event can meet, and rows that would give a finding without a clause.
import { describe, expect, it } from 'vitest';
import { PolicyError } from './errors.ts';
import { library, POLICY, RULES } from './example.fixture.ts';
import { parsePolicy } from './parse-policy.ts';

const LENT =
  'when: { purpose: [service], recipient: [none], field: [reader] }, about: fields, clauses: [$purpose, $field]';

/** The example with its first row changed, and the policy where it must know more. */
function problems(when: string, clauses = '[L1, L2], lines: [1, 2]', policy = POLICY): string[] {
  const rules = RULES.replace(`${LENT}, lines: [1, 1]`, `when: ${when}, about: fields, clauses: ${clauses}`);
  expect(rules).not.toBe(RULES);
  try {
    parsePolicy(library(policy, rules));
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(
      ({ path, line, at, expected, found }) => `${path}:${line} ${at}: ${expected}; ${found}`,
    );
  }
}
const DEAD = 'conditions that some event can meet; lent, which none can';

describe('a row that no event can meet', () => {
  it.each([
    ['{ refs_any: [loan], refs_none: [loan] }', '{ refs_any: [loan] }'],
    ['{ need: reference, refs_any: [loan] }', '{ need: reference }'],
    ['{ need: channel }', '{ need: reference }'],
    ['{ purpose: [lending], parent: [missing] }', '{ purpose: [lending], parent: [not_needed] }'],
    ['{ business: [listed] }', '{ business: [missing] }'],
    ['{ partner: registered, recipient: [none] }', '{ partner: unregistered, recipient: [none] }'],
    ['{ agreement: valid, recipient: [none] }', '{ agreement: absent, recipient: [none] }'],
    ['{ area: other, recipient: [unlisted] }', '{ area: missing, recipient: [unlisted] }'],
    ['{ recipient: [none], recipient_not: [none] }', '{ recipient_not: [none] }'],
    ['{ field: [not_needed] }', '{ field: [reader.name] }'],
    ['{ field: [recipient] }', '{ field: [unlisted, recipient] }'],
    ['{ field_not: [reader, unlisted] }', '{ field_not: [reader] }'],
    ['{ fields: missing, field: [reader] }', '{ fields: missing }'],
    [
      '{ fields: { only: [reader.name] }, field: [reader.card] }',
      '{ fields: { only: [reader] }, field: [reader.card] }',
    ],
    ['{ fields: { only: [reader.name] }, field: [unlisted] }', '{ fields: { only: [reader.name] } }'],
    [
      '{ fields: { only: [reader.name] }, field_not: [reader.name] }',
      '{ fields: { only: [reader.name] }, field_not: [reader.card] }',
    ],
  ])('is told: %s; %s is not', (dead, alive) => {
    expect(problems(dead)).toEqual([`lib/rules.yaml:8 rules.0.when: ${DEAD}`]);
    expect(problems(alive)).toEqual([]);
  });

  it('is told by its alternative', () => {
    expect(problems('[{ purpose: [lending] }, { purpose: [lending], need: channel }]')).toEqual([
      `lib/rules.yaml:8 rules.0.when.1: ${DEAD}`,
    ]);
  });

  it('is not blamed for a mistake of the policy itself', () => {
    const policy = POLICY.replace('kind: service', 'kind: other').replace(
      'clause: L1, kind',
      'clause: L9, kind',
    );
    expect(problems('{ purpose: [lending] }', '[L1], lines: [1, 1]', policy)).toEqual([
      'lib/policy.yaml:18 purposes.0.clause: a declared clause; "L9"',
      'lib/rules.yaml:9 rules.1.when.purpose: a declared purpose or word; "service"',
    ]);
  });
});

describe('a row', () => {
  it.each([
    [
      '{ purpose: [missing] }',
      '[$purpose], lines: [1, 2]',
      'none where purpose is missing and recipient is none',
    ],
    [
      '{ purpose: [lending] }',
      '[$recipient], lines: [1, 2]',
      'none where purpose is lending and recipient is none',
    ],
    ['{ field: [unlisted] }', '[$field], lines: [1, 2]', 'none where purpose is missing'],
    ['{ business: [missing] }', '[$business], lines: [1, 2]', 'none where purpose is missing'],
  ])('without a clause is told: %s citing %s', (when, clauses, found) => {
    expect(problems(when, clauses).join()).toContain(
      `rules.0.clauses: a clause in every event that the row fits; ${found}`,
    );
  });

  it('names at least one clause, and the lines of all that it cites', () => {
    expect(problems('{ purpose: [lending] }', '[], lines: [1, 1]').join()).toContain('rules.0.clauses: ');
    expect(problems('{ purpose: [lending] }', '[$purpose, L2], lines: [2, 2]')).toEqual([
      'lib/rules.yaml:8 rules.0.lines: lines that hold those of the clauses cited, 1 to 2; 2 to 2',
    ]);
    expect(problems('{ purpose: [lending] }', '[L1], lines: [1, 9]')).toEqual([
      'lib/rules.yaml:8 rules.0.lines: lines within 1 to 2; 1 to 9',
    ]);
  });

  it('that limits all fields may allow only: a field more would lift what it refuses', () => {
    const refusing = RULES.replace(
      'recipient: [unlisted] }',
      'recipient: [unlisted], fields: { only: [reader] } }',
    );
    expect(() => parsePolicy(library(POLICY, refusing))).toThrow(
      /rules\.2\.when\.fields: expected conforming where fields are limited by only, found violation, violation/,
    );
  });
});
