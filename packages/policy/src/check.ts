// SPDX-License-Identifier: Apache-2.0
// Checks a policy that parses: lint, cases, golden files, and the text it encodes. Behind `@ashiato/policy/check`; pure.
import type { PolicyBundle } from './bundle.ts';
import { type Cases, runCases } from './cases.ts';
import { checkSource, type SourceCheck, type SourceText } from './check-source.ts';
import { compile } from './compile.ts';
import { undefendedRules } from './defended-rules.ts';
import { goldenTexts } from './golden.ts';
import { distinctSpans, type LintFinding, lint } from './lint/lint.ts';

export type { SourceText } from './check-source.ts';
export { type Problem, problemText } from './errors.ts';
export type { LintFinding } from './lint/lint.ts';

export type GoldenFile = {
  name: string;
  /** What it must hold. */
  text: string;
  state: 'as_pinned' | 'differs' | 'missing';
};
export type CheckReport = {
  policies: {
    id: string;
    version: string;
    sha256: string;
    source_sha256: string;
    rules: number;
    clauses: number;
    findings: LintFinding[];
  }[];
  source: SourceCheck | null;
  cases: { run: number; failed: { name: string; misses: string[] }[] };
  golden: GoldenFile[];
};

/** Checks the versions of one policy with the cases beside them. Throws what `compile` throws. */
export function check(
  bundles: readonly PolicyBundle[],
  beside: Cases & { golden: ReadonlyMap<string, string> },
  source?: SourceText,
): CheckReport {
  const judge = compile(bundles);
  const results = runCases(judge, beside.cases);
  return {
    policies: judge.bundles.map(bundle => ({
      id: bundle.id,
      version: bundle.version,
      sha256: bundle.sha256,
      source_sha256: bundle.source_sha256,
      rules: bundle.rules.rules.length,
      clauses: bundle.policy.clauses.length,
      findings: [...lint(bundle), ...undefended(bundle, undefendedRules(judge, bundle, beside.cases))],
    })),
    source: source ? checkSource(judge.bundles, source) : null,
    cases: {
      run: results.length,
      failed: results.flatMap(({ name, misses }) => (misses.length > 0 ? [{ name, misses }] : [])),
    },
    golden:
      beside.cases.length === 0
        ? []
        : [...goldenTexts(judge, beside)].map(([name, text]) => {
            const held = beside.golden.get(name);
            return {
              name,
              text,
              state: held === undefined ? 'missing' : held === text ? 'as_pinned' : 'differs',
            };
          }),
  };
}

/** L16 is about the cases, not the text: it names rows, and their clauses and lines. */
function undefended({ rules }: PolicyBundle, codes: readonly string[]): LintFinding[] {
  if (codes.length === 0) return [];
  const rows = rules.rules.filter(({ code }) => codes.includes(code));
  const clauses = rows.flatMap(row => row.clauses).filter(clause => !clause.startsWith('$'));
  return [
    {
      id: 'L16',
      clauses: [...new Set(clauses)],
      lines: distinctSpans(rows.map(({ lines }) => lines)),
      about: codes,
      ja: `取り除いてもどのケースも失敗しない規則がある: ${codes.join('、')}。ケースを加える。`,
      en: `Rules that can be removed without any case failing: ${codes.join(', ')}; add a case for each.`,
    },
  ];
}
