// SPDX-License-Identifier: Apache-2.0
// A comparison of two versions as text for people, in Japanese and English.
import { type Language, WORDS as OUTCOME_WORDS } from '../explain.ts';
import type { Mode, Outcome, Verdict } from '../verdict.ts';
import { type Change, KINDS } from './changes.ts';
import type { PolicyDiff } from './diff.ts';
import type { Value } from './entries.ts';
import type { Otherwise } from './groups.ts';
import { n, sectionName, WORDS } from './words.ts';

/** Options of the text: its language, and how many kinds of events are shown for each direction. */
export type DiffTextOptions = { language: Language; kinds: number };

/** The comparison as text of several lines, ending in a line feed. */
export function diffText(diff: PolicyDiff, { language, kinds }: DiffTextOptions): string {
  const words = WORDS[language];
  const { changes, otherwise, searched } = diff;
  const sides = (['a', 'b'] as const).map(side => {
    const { id, version, sha256, effective_from: from, effective_to: to } = diff[side];
    return `${side.toUpperCase()}  ${id} ${version}  ${words.force(from.slice(0, 10), to?.slice(0, 10))}  sha256 ${sha256.slice(0, 16)}`;
  });
  const tally = KINDS.map(kind => {
    const count = changes.filter(change => change.kind === kind).length;
    return `${words.kinds[kind]} ${n(count)}`;
  });
  const shown = otherwise.filter(
    (one, at) => otherwise.slice(0, at).filter(({ direction }) => direction === one.direction).length < kinds,
  );
  const left = otherwise.length - shown.length;
  return `${[
    ...sides,
    '',
    `${words.changes(changes.length)}${changes.length > 0 ? ` (${tally.join(', ')})` : ''}`,
    ...changes.map(change => `  ${changeLine(change, language)}`),
    '',
    words.otherwise(otherwise.length, searched.differing),
    ...shown.flatMap((one, at) => otherwiseLines(one, at + 1, language)),
    ...(left > 0 ? [`  ${words.more(left)}`] : []),
    '',
    words.searched(searched),
  ].join('\n')}\n`;
}

function changeLine(change: Change, language: Language): string {
  const { kind, section, id, clause, member, gained, lost } = change;
  const name = `${WORDS[language].kinds[kind]}  ${sectionName(section, language)} ${id}${clause ? ` (${clause})` : ''}`;
  const label = change[language] ? ` ${change[language]}` : '';
  if (member === undefined) return `${name}${label}`;
  const list = [...(gained ?? []).map(word => `+${word}`), ...(lost ?? []).map(word => `-${word}`)];
  if (gained || lost) return `${name}  ${member}: ${list.join(' ')}`;
  return `${name}  ${member}: ${shown(change.from, language)} → ${shown(change.to, language)}`;
}

function shown(value: Value | undefined, language: Language): string {
  if (value === null || value === undefined) return WORDS[language].none;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function otherwiseLines(one: Otherwise, place: number, language: Language): string[] {
  const words = WORDS[language];
  const { event, a, b } = one.example;
  const dimensions = (Object.keys(words.dimensions) as (keyof typeof words.dimensions)[])
    .filter(name => one[name].length > 0)
    .map(name => `${words.dimensions[name]} ${few(one[name])}`);
  const codes = (['gone', 'come', 'moved'] as const)
    .filter(name => one[name].length > 0)
    .map(name => `${words[name]}: ${one[name].join(', ')}`);
  const sides = [a, b].map((verdict, at) => `     ${'AB'[at]} ${verdictLine(verdict, one, language)}`);
  return [
    `  ${place}. ${words.directions[one.direction]} · ${words.events(one.events)} · ${codes.join(' · ')}`,
    `     ${dimensions.join(' · ')}`,
    ...steps(one, language).map(step => `     ${step}`),
    `     ${words.example}: ${JSON.stringify(event)}`,
    ...sides,
  ];
}

/** `strict violation → conforming 12`, one line a mode. */
function steps({ transitions }: Otherwise, language: Language): string[] {
  const { mode: modes, outcome } = OUTCOME_WORDS[language];
  return (['literal', 'strict'] as const).flatMap(mode => {
    const list = Object.entries(transitions[mode]).map(([step, count]) => {
      const names = step.split(' → ').map(name => outcome[name as Outcome]);
      return `${names.join(' → ')} ${n(count)}`;
    });
    return list.length === 0 ? [] : [`${modes[mode satisfies Mode]}: ${list.join(', ')}`];
  });
}

function few(list: readonly string[]): string {
  const most = 6;
  return list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} … (${list.length})`;
}

/** Both outcomes, and the sentences of what stands against the event, each with its clauses. */
function verdictLine(verdict: Verdict, { gone, come, moved }: Otherwise, language: Language): string {
  const { outcome } = OUTCOME_WORDS[language];
  const telling = verdict.findings.filter(({ code }) => [...gone, ...come, ...moved].includes(code));
  const reasons = telling.map(finding => `[${finding.clauses.join(' ')}] ${finding[language]}`);
  return [`${outcome[verdict.literal]} / ${outcome[verdict.strict]}`, ...new Set(reasons)].join(' ');
}
