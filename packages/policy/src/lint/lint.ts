// SPDX-License-Identifier: Apache-2.0
// What a policy leaves open: findings on the published text and the registers. They are warnings: the judge copes
// with each of them, and only the company can mend it. What is wrong in the files is an error of parsing instead.
import type { PolicyBundle } from '../bundle.ts';
import type { Draft, LintRule } from './draft.ts';
import { REGISTER_RULES } from './register-rules.ts';
import { TEXT_RULES } from './text-rules.ts';
import { VOCABULARY_RULES } from './vocabulary-rules.ts';

export type LintFinding = {
  /** L1, L2 and so on; the README says what each means. */
  id: string;
  /** The clauses it is about, and the lines of the source text, first and last. */
  clauses: readonly string[];
  lines: readonly (readonly [number, number])[];
  /** Ids, marks and topics that it names. */
  about: readonly string[];
  /** What was found, and what would help. */
  ja: string;
  en: string;
};

const RULES: readonly (readonly [id: string, rule: LintRule])[] = Object.entries({
  ...TEXT_RULES,
  ...VOCABULARY_RULES,
  ...REGISTER_RULES,
});

/** All findings on one version of a policy, by their ids. Pure: what depends on the day is judged, never linted. */
export function lint(bundle: PolicyBundle): LintFinding[] {
  return RULES.flatMap(([id, rule]) => {
    const draft = rule(bundle);
    return draft ? [{ id, ...complete(draft, bundle) }] : [];
  });
}

/** Where a draft names no lines, they are those of its clauses. */
function complete({ clauses, lines, about, ja, en }: Draft, bundle: PolicyBundle): Omit<LintFinding, 'id'> {
  const cited = [...new Set(clauses)];
  const own = bundle.policy.clauses.filter(({ id }) => cited.includes(id)).map(clause => clause.lines);
  return { clauses: cited, lines: distinctSpans(lines ?? own), about, ja, en };
}

/** Each span of lines once, in the order of the text. */
export function distinctSpans(lines: LintFinding['lines']): LintFinding['lines'] {
  const spans = new Map(lines.map(span => [span.join('-'), span]));
  return [...spans.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}
