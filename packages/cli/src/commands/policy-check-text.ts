// SPDX-License-Identifier: Apache-2.0
// The report of `policy check` for people: counts, what is as pinned, warnings, errors.
import type { CheckReport, LintFinding } from '@ashiato/policy/check';

type Language = 'ja' | 'en';

export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const WORDS = {
  ja: {
    policy: (rules: number, clauses: number) => `規則 ${rules}、条項 ${clauses}`,
    source: (path: string, version: string, sha256: string) =>
      `原文 ${path} は版 ${version} の文面(SHA-256 ${sha256})で、`,
    cited: (rules: number, clauses: number) => `条項 ${clauses} と規則 ${rules} が引く行がすべてある`,
    cases: (run: number, failed: number) => `ケース ${run} を実行、失敗 ${failed}`,
    golden: (name: string, lines: number) => `正解 ${name}: ${lines} 行、`,
    state: { as_pinned: '一致', differs: '相違', missing: 'なし', updated: '更新した' },
    lines: (spans: string) => `${spans}行`,
    warning: '警告',
    error: '誤り',
    totals: (errors: number, warnings: number) => `誤り ${errors}、警告 ${warnings}`,
  },
  en: {
    policy: (rules: number, clauses: number) => `${counted(rules, 'rule')}, ${counted(clauses, 'clause')}`,
    source: (path: string, version: string, sha256: string) =>
      `source ${path}: the text of ${version}, SHA-256 ${sha256}; `,
    cited: (rules: number, clauses: number) =>
      `it has all lines that ${counted(clauses, 'clause')} and ${counted(rules, 'rule')} cite`,
    cases: (run: number, failed: number) => `${counted(run, 'case')} run, ${failed} failed`,
    golden: (name: string, lines: number) => `golden ${name}: ${counted(lines, 'line')}, `,
    state: { as_pinned: 'as pinned', differs: 'differs', missing: 'missing', updated: 'updated' },
    lines: (spans: string) => `${/[,-]/.test(spans) ? 'lines' : 'line'} ${spans}`,
    warning: 'warning',
    error: 'error',
    totals: (errors: number, warnings: number) =>
      `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
  },
};

/** What is wrong beside the files themselves: the text, cases that fail, golden files that are not up to date. */
export function errorsOf({ source, cases, golden }: CheckReport, updated: boolean): string[] {
  return [
    ...(source?.errors ?? []),
    ...cases.failed.flatMap(({ name, misses }) => misses.map(miss => `case "${name}": ${miss}`)),
    ...golden.flatMap(({ name, state }) => {
      if (updated || state === 'as_pinned') return [];
      const found = state === 'missing' ? 'is not there' : 'differs from what the judge says';
      return [`cases/${name} ${found}; look at what changed, then run with --update`];
    }),
  ];
}

export function checkText(
  { policies, source, cases, golden }: CheckReport,
  errors: readonly string[],
  { lang, updated }: { lang: Language; updated: boolean },
): string {
  const words = WORDS[lang];
  const verified = source?.verified ?? [];
  const warnings = policies.flatMap(({ version, findings }) =>
    findings.map(finding => warning(finding, lang, policies.length > 1 ? ` ${version}` : '')),
  );
  return [
    ...policies.map(
      ({ id, version, sha256, rules, clauses }) =>
        `${id} ${version}: ${words.policy(rules, clauses)}, sha256 ${sha256}`,
    ),
    ...verified.map(
      ({ version, rules, clauses }) =>
        `${words.source(source!.path, version, source!.sha256)}${words.cited(rules, clauses)}`,
    ),
    words.cases(cases.run, cases.failed.length),
    ...golden.map(({ name, state, text }) => {
      const shown = updated && state !== 'as_pinned' ? 'updated' : state;
      return `${words.golden(name, text.split('\n').length - 1)}${words.state[shown]}`;
    }),
    ...warnings,
    ...errors.map(text => `${words.error} ${text}`),
    words.totals(errors.length, warnings.length),
  ].join('\n');
}

function warning({ id, clauses, lines, ...text }: LintFinding, lang: Language, version: string): string {
  const words = WORDS[lang];
  const spans = lines.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
  return `${words.warning}${version} ${id} [${[...clauses, words.lines(spans)].join(' ')}] ${text[lang]}`;
}
