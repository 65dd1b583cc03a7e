// SPDX-License-Identifier: Apache-2.0
// Rows against the policy they belong to: every word they select by is declared, every row can be explained.

import { sectionsOf } from './check-policy.ts';
import { createReach, type Reach } from './check-reach.ts';
import { type At, type Checker, checker } from './checker.ts';
import type { Problem } from './errors.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { Read } from './read-document.ts';
import { alternatives, type Conditions, type Row, type RulesDocument } from './rules-document.ts';

/** Words that rows may use beside ids and kinds. */
const PURPOSE_WORDS = ['unlisted', 'missing'];
const RECIPIENT_WORDS = ['none', 'unlisted'];
const FIELD_WORDS = ['unlisted', 'not_needed', 'recipient'];
const CLAUSE_WORDS = ['$purpose', '$business', '$recipient', '$field'];

type Allowed = Record<
  'purpose' | 'recipient' | 'field' | 'reference' | 'clause' | 'family',
  ReadonlySet<string>
>;

/**
 * Problems of the rules against the policy they belong to. `reach: false` leaves out whether rows can fit and cite:
 * where the policy itself has problems, that would blame rows for them.
 */
export function checkRules(
  rules: RulesDocument,
  policy: PolicyDocument,
  read: Read<unknown>,
  { reach: withReach = true } = {},
): Problem[] {
  const check = checker(read);
  const allowed = allowedWords(rules, policy);
  const reach = withReach ? createReach(rules, policy) : undefined;
  for (const [code, { clauses, lines }] of Object.entries(rules.fallback)) {
    const at = ['fallback', code];
    for (const clause of clauses) check.known([...at, 'clauses'], clause, allowed.clause, 'clause');
    check.lines([...at, 'lines'], lines, policy.source.lines);
    if (clauses.every(clause => clause.startsWith('$')))
      check.wrong([...at, 'clauses'], 'at least one clause by its id', clauses.join(', '));
  }
  check.once(['rules'], [...rules.rules.map(({ code }) => code), ...Object.keys(rules.fallback)]);
  for (const [index, row] of rules.rules.entries()) {
    const before = check.problems.length;
    checkRow(['rules', index], row, allowed, check);
    check.lines(['rules', index, 'lines'], row.lines, policy.source.lines);
    if (reach && check.problems.length === before) checkRowReach(['rules', index], row, reach, check);
  }
  return check.problems;
}

function allowedWords(rules: RulesDocument, policy: PolicyDocument): Allowed {
  const { clause, purpose, recipient, reference, 'field or group': field } = sectionsOf(policy);
  const kinds = (list: readonly { kind: string }[]) => list.map(({ kind }) => kind);
  return {
    clause: new Set([...clause, ...CLAUSE_WORDS]),
    family: new Set(Object.keys(rules.families)),
    purpose: new Set([...purpose, ...kinds(policy.purposes), ...PURPOSE_WORDS]),
    recipient: new Set([...recipient, ...kinds(policy.recipients), ...RECIPIENT_WORDS]),
    field: new Set([...field, ...FIELD_WORDS]),
    reference,
  };
}

function checkRow(at: At, row: Row, allowed: Allowed, check: Checker): void {
  check.known([...at, 'family'], row.family, allowed.family, 'family');
  for (const clause of row.clauses) check.known([...at, 'clauses'], clause, allowed.clause, 'clause');
  const outcomes = [row.literal, row.strict].filter(outcome => outcome !== undefined);
  if (outcomes.length === 0) check.wrong(at, 'literal or strict', 'neither');
  const adverse = outcomes.some(outcome => outcome !== 'conforming');
  if (adverse && !(row.remedy_ja && row.remedy_en)) check.wrong(at, 'remedy_ja and remedy_en', 'no remedy');
  const named = alternatives(row).every(({ field, field_not, need }) => field ?? field_not ?? need);
  if (row.about === undefined && !named) check.wrong(at, 'about, or a condition on field or need', 'neither');
  for (const [place, when] of places(at, row)) {
    checkConditions(place, when, allowed, check);
    // A field more takes such a row away: it may take an allowance away, never a refusal.
    if (typeof when.fields === 'object' && adverse)
      check.wrong([...place, 'fields'], 'conforming where fields are limited by only', outcomes.join(', '));
  }
}

function places(at: At, row: Row): [At, Conditions][] {
  if (!Array.isArray(row.when)) return [[[...at, 'when'], row.when]];
  return row.when.map((when, index) => [[...at, 'when', index], when]);
}

function checkConditions(at: At, when: Conditions, allowed: Allowed, check: Checker): void {
  const only = typeof when.fields === 'object' ? when.fields.only : undefined;
  const lists: [string, readonly string[] | undefined, keyof Allowed][] = [
    ['purpose', when.purpose, 'purpose'],
    ['recipient', when.recipient, 'recipient'],
    ['recipient_not', when.recipient_not, 'recipient'],
    ['refs_any', when.refs_any, 'reference'],
    ['refs_none', when.refs_none, 'reference'],
    ['field', when.field, 'field'],
    ['field_not', when.field_not, 'field'],
    ['fields', only, 'field'],
  ];
  for (const [name, list, kind] of lists) {
    for (const value of list ?? []) check.known([...at, name], value, allowed[kind], `${kind} or word`);
  }
}

/** The row can fit, has a clause to cite wherever it fits, and its lines hold all that it cites. */
function checkRowReach(at: At, row: Row, reach: Reach, check: Checker): void {
  const reached = places(at, row).map(([place, when]) => ({ place, ...reach(row, when) }));
  for (const { place, fits } of reached)
    if (!fits) check.wrong(place, 'conditions that some event can meet', `${row.code}, which none can`);
  const mute = reached.find(({ uncited }) => uncited);
  if (mute)
    check.wrong(
      [...at, 'clauses'],
      'a clause in every event that the row fits',
      `none where ${mute.uncited}`,
    );
  const cited = reached.flatMap(({ lines }) => lines);
  if (cited.length === 0) return;
  const [from, to] = [Math.min(...cited), Math.max(...cited)];
  if (from < row.lines[0] || to > row.lines[1])
    check.wrong(
      [...at, 'lines'],
      `lines that hold those of the clauses cited, ${from} to ${to}`,
      row.lines.join(' to '),
    );
}
