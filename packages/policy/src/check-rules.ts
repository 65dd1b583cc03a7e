// SPDX-License-Identifier: Apache-2.0
// Rows against the policy they belong to: every word they select by is declared, every row can be explained.
import { type At, checker, sectionsOf } from './check-references.ts';
import type { Problem } from './errors.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { Read } from './read-document.ts';
import { alternatives, type Conditions, type RulesDocument } from './rules-document.ts';

/** Words that rows may use beside ids and kinds. */
const PURPOSE_WORDS = ['unlisted', 'missing'];
const RECIPIENT_WORDS = ['none', 'unlisted'];
const FIELD_WORDS = ['unlisted', 'not_needed', 'recipient'];
const CLAUSE_WORDS = ['$purpose', '$business', '$recipient', '$field'];

/** Problems of the rules against the policy they belong to. */
export function checkRules(rules: RulesDocument, policy: PolicyDocument, read: Read<unknown>): Problem[] {
  const sections = sectionsOf(policy);
  const check = checker(read);
  const clauses = new Set([...sections.clause, ...CLAUSE_WORDS]);
  const allowed = {
    purpose: new Set([...sections.purpose, ...policy.purposes.map(({ kind }) => kind), ...PURPOSE_WORDS]),
    recipient: new Set([
      ...sections.recipient,
      ...policy.recipients.map(({ kind }) => kind),
      ...RECIPIENT_WORDS,
    ]),
    field: new Set([...sections.field, ...sections.group, ...FIELD_WORDS]),
    reference: sections.reference,
  };
  for (const [code, { clauses: cited }] of Object.entries(rules.fallback)) {
    for (const clause of cited) check.known(['fallback', code, 'clauses'], clause, clauses, 'clause');
  }
  check.once(['rules'], [...rules.rules.map(({ code }) => code), ...Object.keys(rules.fallback)]);
  for (const [index, row] of rules.rules.entries()) {
    const at = ['rules', index];
    check.known([...at, 'family'], row.family, new Set(Object.keys(rules.families)), 'family');
    for (const clause of row.clauses) check.known([...at, 'clauses'], clause, clauses, 'clause');
    for (const when of alternatives(row)) checkConditions([...at, 'when'], when, allowed, check);
    if (row.literal === undefined && row.strict === undefined)
      check.wrong(at, 'literal or strict', 'neither');
    const adverse = [row.literal, row.strict].some(outcome => outcome && outcome !== 'conforming');
    if (adverse && !(row.remedy_ja && row.remedy_en)) check.wrong(at, 'remedy_ja and remedy_en', 'no remedy');
    const named = alternatives(row).every(({ field, field_not, need }) => field ?? field_not ?? need);
    if (row.about === undefined && !named)
      check.wrong(at, 'about, or a condition on field or need', 'neither');
  }
  return check.problems;
}

function checkConditions(
  at: At,
  when: Conditions,
  allowed: Record<'purpose' | 'recipient' | 'field' | 'reference', ReadonlySet<string>>,
  check: ReturnType<typeof checker>,
): void {
  const only = typeof when.fields === 'object' ? when.fields.only : undefined;
  const lists: [string, readonly string[] | undefined, keyof typeof allowed][] = [
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
