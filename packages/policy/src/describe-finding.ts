// SPDX-License-Identifier: Apache-2.0
// What a finding means: its outcome and sentences follow from its code, mode and member, and the bundle alone.

import type { PolicyBundle } from './bundle.ts';
import { PolicyError } from './errors.ts';
import type { Meaning } from './rules-document.ts';
import type { Finding, Mode, Outcome } from './verdict.ts';

export type Description = {
  /** By mode; undefined where the finding does not bear on that mode. */
  outcome: Partial<Record<Mode, Outcome>>;
  ja: string;
  en: string;
  /** What would have to change; empty where the finding is conforming. */
  remedy: { ja: string; en: string };
};

const meanings = new WeakMap<PolicyBundle, Map<string, Meaning>>();
const labels = new WeakMap<PolicyBundle, Map<string, { ja: string; en: string }>>();

/**
 * Describes a finding of a verdict under the bundle that the verdict names; a committed finding (without sentences)
 * will do. Throws `PolicyError` UNKNOWN_CODE where the bundle holds no such code: it is not the verdict's bundle.
 */
export function describeFinding(
  bundle: PolicyBundle,
  finding: Pick<Finding, 'code' | 'mode' | 'about'>,
): Description {
  return { outcome: outcomesOf(bundle, finding), ...describeCode(bundle, finding.code, finding.about) };
}

/** The outcome of a finding in each mode on which it bears. */
export function outcomesOf(
  bundle: PolicyBundle,
  { code, mode }: Pick<Finding, 'code' | 'mode'>,
): Description['outcome'] {
  const { literal, strict } = meaningOf(bundle, code);
  const outcome: Description['outcome'] = {};
  if (mode !== 'strict' && literal) outcome.literal = literal;
  if (mode !== 'literal' && strict) outcome.strict = strict;
  return outcome;
}

/** The sentences of a code about a member, whatever the mode. */
export function describeCode(
  bundle: PolicyBundle,
  code: string,
  about: string,
): Omit<Description, 'outcome'> {
  const { ja, en, remedy_ja = '', remedy_en = '' } = meaningOf(bundle, code);
  const name = labelOf(bundle, about);
  const fill = (text: string, label: string) => text.replaceAll('{about}', () => label);
  return {
    ja: fill(ja, name.ja),
    en: fill(en, name.en),
    remedy: { ja: fill(remedy_ja, name.ja), en: fill(remedy_en, name.en) },
  };
}

function meaningOf(bundle: PolicyBundle, code: string): Meaning {
  let known = meanings.get(bundle);
  if (!known) {
    const { rules, fallback } = bundle.rules;
    known = new Map([...rules.map(row => [row.code, row] as const), ...Object.entries(fallback)]);
    meanings.set(bundle, known);
  }
  const meaning = known.get(code);
  if (meaning) return meaning;
  const name = `${bundle.id} ${bundle.version}`;
  throw new PolicyError(
    'UNKNOWN_CODE',
    `expected a code of ${name}, got ${code}; use the bundle the verdict names`,
  );
}

/** The label of a field, group or reference in both languages; of alternatives, joined; of other members, their name. */
function labelOf(bundle: PolicyBundle, about: string): { ja: string; en: string } {
  let known = labels.get(bundle);
  if (!known) {
    const { fields, groups, references } = bundle.policy;
    known = new Map([
      ...[...groups, ...fields].map(({ id, ja, en }) => [id, { ja, en }] as const),
      ...references.map(({ id, ja, en }) => [`refs.${id}`, { ja, en }] as const),
    ]);
    labels.set(bundle, known);
  }
  const parts = about.split('|').map(part => known.get(part) ?? { ja: part, en: part });
  return { ja: parts.map(({ ja }) => ja).join('か'), en: parts.map(({ en }) => en).join(' or ') };
}
