// SPDX-License-Identifier: Apache-2.0
// Findings that come from the shape of an event, not from the policy. The policy judges what is left of it.
import type { CommittedFinding, VerdictOutcome } from './audit-record.ts';
import type { Problem } from './compile-checker.ts';

const SENTENCES = {
  member_outside_schema: {
    outcome: 'conforming',
    ja: '定義にない項目があったため、その値は暗号化して保管しました。残りの内容で判定しています。',
    en: 'A member that the event format does not have: its value is kept encrypted, the rest was judged as usual.',
  },
  member_malformed: {
    outcome: 'undetermined',
    ja: '値の形式が正しくない項目があります。その値は暗号化して保管し、判定には使っていません。',
    en: 'A member whose value is not of the required form: it is kept encrypted and was not used for the verdict.',
  },
} as const satisfies Record<string, { outcome: VerdictOutcome; ja: string; en: string }>;

type Code = keyof typeof SENTENCES;

/** Findings for what should not be there; missing members are the policy's business. */
export function schemaFindings(problems: readonly Problem[]): {
  findings: CommittedFinding[];
  worst: VerdictOutcome;
} {
  const findings: CommittedFinding[] = [];
  let worst: VerdictOutcome = 'conforming';
  for (const { kind, member } of problems) {
    if (kind === 'missing') continue;
    const code: Code = kind === 'malformed' ? 'member_malformed' : 'member_outside_schema';
    if (SENTENCES[code].outcome === 'undetermined') worst = 'undetermined';
    findings.push({ code, clauses: [], mode: 'both', about: member.slice(1).replaceAll('/', '.') });
  }
  return { findings, worst };
}

/** The outcome that such a finding brings about, in both modes; `undefined` when the code is the policy's. */
export function schemaOutcome(code: string): VerdictOutcome | undefined {
  return Object.hasOwn(SENTENCES, code) ? SENTENCES[code as Code].outcome : undefined;
}

/** The sentences of such a finding; `undefined` when the code is the policy's. */
export function describeSchemaFinding(code: string): { ja: string; en: string } | undefined {
  return Object.hasOwn(SENTENCES, code) ? SENTENCES[code as Code] : undefined;
}
