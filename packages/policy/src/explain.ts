// SPDX-License-Identifier: Apache-2.0
// Why an event was judged as it was: clause by clause, and what would have to change for it to be allowed.

import type { PolicyBundle } from './bundle.ts';
import type { Judge } from './compile.ts';
import { describeFinding, outcomesOf } from './describe-finding.ts';
import type { Finding, Mode, Outcome, Verdict } from './verdict.ts';

type Sentences = { ja: string; en: string };
export type Language = keyof Sentences;
/** A clause as the bundle describes it; lines are those of the source text, first and last. */
export type CitedClause = Sentences & { id: string; lines: readonly [number, number] };
export type Step = Sentences & { code: string; about: string; clauses: readonly CitedClause[] };
export type Explanation = {
  verdict: Verdict;
  /** The mode that is explained: the judge's. */
  mode: Mode;
  allowed: readonly Step[];
  refused: readonly Step[];
  left_open: readonly Step[];
  /** Each MUST be done for the event to conform; empty where it does. */
  changes: readonly (Sentences & { about: string })[];
};

/** Judges an event and explains the outcome of the judge's mode. Total, as `evaluate` is. */
export function explain(judge: Judge, event: unknown): Explanation {
  const verdict = judge.evaluate(event);
  // An event under no version is described in the words of the first one, as its verdict was.
  const bundle = judge.bundles.find(({ sha256 }) => sha256 === verdict.policy?.sha256) ?? judge.bundles[0]!;
  const bearing = verdict.findings.filter(({ mode }) => mode === 'both' || mode === judge.mode);
  const outcomeOf = (finding: Finding) => outcomesOf(bundle, finding)[judge.mode];
  const steps = (outcome: Outcome) =>
    bearing.filter(finding => outcomeOf(finding) === outcome).map(finding => stepOf(finding, bundle));
  const adverse = bearing.filter(finding => outcomeOf(finding) !== 'conforming');
  return {
    verdict,
    mode: judge.mode,
    allowed: steps('conforming'),
    refused: steps('violation'),
    left_open: steps('undetermined'),
    changes: adverse.map(finding => ({ about: finding.about, ...describeFinding(bundle, finding).remedy })),
  };
}

function stepOf({ code, about, ja, en, clauses }: Finding, bundle: PolicyBundle): Step {
  const cited = bundle.policy.clauses.filter(({ id }) => clauses.includes(id));
  return { code, about, ja, en, clauses: cited.map(({ id, lines, ja, en }) => ({ id, lines, ja, en })) };
}

export const WORDS = {
  ja: {
    outcome: { conforming: '適合', undetermined: '判断できない', violation: '違反' },
    mode: { literal: '文面どおり', strict: '厳格' },
    under: (name: string) => `方針 ${name}`,
    none: '有効な方針の版なし',
    lines: (from: number, to: number) => (from === to ? `${from}行` : `${from}-${to}行`),
    allowed: '許した条項',
    refused: '拒んだ条項',
    left_open: '決められなかった条項',
    changes: '適合するには',
  },
  en: {
    outcome: { conforming: 'conforming', undetermined: 'undetermined', violation: 'violation' },
    mode: { literal: 'literal', strict: 'strict' },
    under: (name: string) => `policy ${name}`,
    none: 'no policy version in force',
    lines: (from: number, to: number) => (from === to ? `line ${from}` : `lines ${from}-${to}`),
    allowed: 'allowed by',
    refused: 'refused by',
    left_open: 'left open by',
    changes: 'to conform',
  },
} as const;

/** The explanation as text of several lines, ending in a line feed. */
export function explanationText(explanation: Explanation, language: Language): string {
  const words = WORDS[language];
  const { verdict, mode } = explanation;
  const other = mode === 'strict' ? 'literal' : 'strict';
  const policy = verdict.policy ? words.under(`${verdict.policy.id} ${verdict.policy.version}`) : words.none;
  const title = `${words.outcome[verdict[mode]]} (${words.mode[mode]}; ${words.mode[other]}: ${words.outcome[verdict[other]]}; ${policy})`;
  const section = (heading: string, entries: readonly string[]) =>
    entries.length === 0 ? [] : [`${heading}:`, ...entries.map(entry => `  - ${entry}`)];
  const steps = (list: readonly Step[]) => list.map(step => stepText(step, language));
  const changes = [...new Set(explanation.changes.map(change => change[language]))];
  return `${[
    title,
    ...section(words.refused, steps(explanation.refused)),
    ...section(words.left_open, steps(explanation.left_open)),
    ...section(words.allowed, steps(explanation.allowed)),
    ...section(words.changes, changes),
  ].join('\n')}\n`;
}

function stepText(step: Step, language: Language): string {
  const cited = step.clauses.map(({ id, lines }) => `${id} ${WORDS[language].lines(...lines)}`).join(', ');
  return `${cited ? `[${cited}] ` : ''}${step[language]} (${step.code}: ${step.about})`;
}
