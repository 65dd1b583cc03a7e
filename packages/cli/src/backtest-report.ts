// SPDX-License-Identifier: Apache-2.0
// What a back-test found, for people, in Japanese and English.
import type { Tally } from '@ashiato/policy/trail';
import { table } from './output.ts';

export type Language = 'ja' | 'en';

export interface BacktestReport {
  policy: { id: string; versions: { version: string; sha256: string }[]; throughout: boolean };
  /** As asked for; null = open. */
  period: { from: string | null; to: string | null; tz: string };
  segments: number;
  result: Omit<Tally, 'clauses'>;
  /** Most changed accesses first. */
  clauses: ({ clause: string } & Tally['clauses'][string])[];
}

const n = (count: number) => count.toLocaleString('en');

const WORDS = {
  ja: {
    outcomes: { conforming: '適合', undetermined: '判断できない', violation: '違反' },
    modes: { literal: '文面どおり', strict: '厳格' },
    title: '再判定に使った方針',
    throughout: { true: '常に有効であるとして', false: '各版の日付のとおりに' },
    period: '事象の時刻',
    all: 'すべて',
    read: (segments: number, records: number, accesses: number) =>
      `セグメント ${n(segments)} 個、記録 ${n(records)} 件を読み、アクセス ${n(accesses)} 件を判定し直した`,
    left: '判定しなかった記録',
    why: {
      unreadable: '読めない',
      no_access: 'アクセスでない',
      redelivery: '再送',
      time_unreadable: '時刻が読めない',
      outside_period: '期間外',
    },
    changed: (count: number) =>
      count === 0 ? '結果が変わるアクセスはない' : `結果が変わるアクセス ${n(count)} 件`,
    reasons: (count: number) => `結果は同じで理由だけが変わるアクセス ${n(count)} 件`,
    outOfForce: (count: number) =>
      `注意: ${n(count)} 件は、記録されたときに有効な版があったが、この方針ではどの版も有効でない。版を名指しすれば(FOLDER@VERSION)、日付によらず判定する。`,
    columns: ['条項', 'アクセス', '文面どおり', '厳格', '最初の記録'],
  },
  en: {
    outcomes: { conforming: 'conforming', undetermined: 'undetermined', violation: 'violation' },
    modes: { literal: 'literal', strict: 'strict' },
    title: 'judged again under',
    throughout: { true: 'as if always in force', false: 'each version as it is dated' },
    period: "events' time",
    all: 'all',
    read: (segments: number, records: number, accesses: number) =>
      `read ${n(segments)} segments, ${n(records)} records; judged ${n(accesses)} accesses again`,
    left: 'left out',
    why: {
      unreadable: 'unreadable',
      no_access: 'no access',
      redelivery: 'redelivery',
      time_unreadable: 'time unreadable',
      outside_period: 'outside the period',
    },
    changed: (count: number) =>
      count === 0
        ? 'no access is judged otherwise'
        : `${n(count)} ${count === 1 ? 'access is' : 'accesses are'} judged otherwise`,
    reasons: (count: number) => `${n(count)} keep their outcomes for other reasons`,
    outOfForce: (count: number) =>
      `note: ${n(count)} had a version in force when recorded, and none of this policy is at their time; name one version (FOLDER@VERSION) to judge whatever its dates`,
    columns: ['clause', 'accesses', 'literal', 'strict', 'first records'],
  },
} as const;

/** The report as text of several lines. */
export function backtestText(report: BacktestReport, language: Language): string {
  const words = WORDS[language];
  const { policy, period, segments, result } = report;
  const versions = policy.versions.map(({ version, sha256 }) => `${version} (sha256 ${sha256.slice(0, 16)})`);
  const left = Object.entries(result.left_out).filter(([, count]) => count > 0);
  const reasons = left.map(([why, count]) => `${words.why[why as keyof typeof words.why]} ${n(count)}`);
  const steps = (['literal', 'strict'] as const).flatMap(mode => {
    const text = stepsText(result.steps[mode], language);
    return text ? [`  ${words.modes[mode]}: ${text}`] : [];
  });
  const rows = report.clauses.map(({ clause, changed, steps: { literal, strict }, first }) => [
    clause,
    changed,
    stepsText(literal, language),
    stepsText(strict, language),
    first.join(' '),
  ]);
  return [
    `${words.title}: ${policy.id} ${versions.join(', ')}, ${words.throughout[`${policy.throughout}`]}`,
    `${words.period}: ${period.from || period.to ? `[${period.from ?? ''}, ${period.to ?? ''}) ${period.tz}` : words.all}`,
    words.read(segments, result.records, result.accesses),
    ...(reasons.length > 0 ? [`${words.left}: ${reasons.join(', ')}`] : []),
    '',
    words.changed(result.changed),
    ...steps,
    ...(result.reasons > 0 ? [words.reasons(result.reasons)] : []),
    ...(result.out_of_force > 0 ? [words.outOfForce(result.out_of_force)] : []),
    ...(rows.length > 0 ? ['', table([...words.columns], rows)] : []),
  ].join('\n');
}

/** `violation → conforming 3`, most first. */
function stepsText(steps: Readonly<Record<string, number>>, language: Language): string {
  const { outcomes } = WORDS[language];
  return Object.entries(steps)
    .sort(([, a], [, b]) => b - a)
    .map(([step, count]) => {
      const names = step.split(' → ').map(name => outcomes[name as keyof typeof outcomes]);
      return `${names.join(' → ')} ${n(count)}`;
    })
    .join(', ');
}
