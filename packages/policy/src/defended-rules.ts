// SPDX-License-Identifier: Apache-2.0
// Which rows the cases hold in place: with any one of them taken out of the file, some case MUST come out otherwise.
import type { PolicyBundle } from './bundle.ts';
import { type Case, missesOf } from './cases.ts';
import type { Judge } from './compile.ts';
import { membersOf } from './facts.ts';
import { createVersionJudge } from './judge-version.ts';
import { readInstant } from './zoned-day.ts';

/** Codes of the rows of a version whose removal no case notices. Cases that fail already notice nothing. */
export function undefendedRules(judge: Judge, bundle: PolicyBundle, cases: readonly Case[]): string[] {
  /** A row can only show in cases that have a finding of it. */
  const byCode = new Map<string, Case[]>();
  for (const one of cases) {
    const verdict = judge.evaluate(one.event);
    if (verdict.policy?.sha256 !== bundle.sha256 || missesOf(one.expected, verdict).length > 0) continue;
    for (const code of new Set(verdict.findings.map(finding => finding.code)))
      byCode.set(code, [...(byCode.get(code) ?? []), one]);
  }
  const { rules } = bundle.rules;
  return rules.flatMap(row => {
    const without = { ...bundle, rules: { ...bundle.rules, rules: rules.filter(other => other !== row) } };
    const judgeWithout = createVersionJudge(without, judge.mode);
    const noticed = (byCode.get(row.code) ?? []).some(({ event, expected }) => {
      const verdict = judgeWithout(membersOf(event.data), readInstant(event.time));
      return missesOf(expected, verdict).length > 0;
    });
    return noticed ? [] : [row.code];
  });
}
