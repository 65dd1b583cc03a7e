// SPDX-License-Identifier: Apache-2.0
// The words of a comparison in Japanese and English.
import type { Searched } from './search.ts';

/** What one entry of a section is called; sections that are not here go by their name in the file. */
const SECTIONS: Readonly<Record<string, { ja: string; en: string }>> = {
  policy: { ja: '方針', en: 'policy' },
  clauses: { ja: '条項', en: 'clause' },
  groups: { ja: '項目群', en: 'group' },
  fields: { ja: '項目', en: 'field' },
  references: { ja: '参照', en: 'reference' },
  purposes: { ja: '目的', en: 'purpose' },
  businesses: { ja: '事業', en: 'business' },
  recipients: { ja: '提供先の区分', en: 'recipient' },
  responsible: { ja: '管理責任者', en: 'responsible party' },
  calendars: { ja: '暦', en: 'calendar' },
  families: { ja: '規則の族', en: 'family' },
  fallback: { ja: '規則のない場合', en: 'fallback' },
  rules: { ja: '規則', en: 'rule' },
  registers: { ja: '登録簿', en: 'registers' },
  partners: { ja: '登録された相手', en: 'partner' },
  agreements: { ja: '契約', en: 'agreement' },
  channels: { ja: '手段', en: 'channel' },
  areas: { ja: '区域', en: 'area' },
  contract_kinds: { ja: '契約の種類', en: 'kind of contract' },
  roles: { ja: '役割', en: 'role' },
  sources: { ja: '送信元', en: 'source' },
};
export const sectionName = (section: string, language: 'ja' | 'en'): string =>
  SECTIONS[section]?.[language] ?? section;

/** A count with thousands apart, alike in both languages. */
export const n = (count: number): string => count.toLocaleString('en');

export const WORDS = {
  ja: {
    kinds: { added: '追加', removed: '削除', widened: '拡大', narrowed: '縮小', changed: '変更' },
    force: (from: string, to: string | undefined) => `${from} から${to ? ` ${to} まで` : ''}`,
    changes: (count: number) =>
      count === 0 ? '書かれた内容に違いはない' : `書かれた内容の違い ${n(count)} 件`,
    none: 'なし',
    otherwise: (kinds: number, events: number) =>
      kinds === 0
        ? '試したなかで判定が変わる事象はない'
        : `判定が変わる事象 ${n(kinds)} 種類(試したうちの ${n(events)} 件)`,
    directions: { stricter: '厳しくなる', looser: '緩くなる', mixed: '文面と厳格で向きが異なる' },
    events: (count: number) => `${n(count)} 件`,
    dimensions: { operations: '操作', purposes: '目的', recipients: '提供先', fields: '項目' },
    gone: 'もはや妨げない規則',
    come: '新たに妨げる規則',
    moved: '結果が変わった規則',
    example: '例',
    more: (count: number) => `ほかに ${n(count)} 種類`,
    searched: ({ cells, tried, events, complete }: Searched) =>
      `探した範囲: 操作・形・目的・提供先の区分の全 ${n(cells)} 組のうち、規則か登録が異なる ${n(tried)} 組で ${n(events)} 件を、両方の版が有効であるとして判定した。` +
      '項目は示されない・なし・一つ(どちらの版も区別しない項目は代表一つ)、参照などは、なし・全部・一つだけ・一つを除く全部。' +
      '変わった登録は、その日付ごとに試した。二つ以上の項目の組み合わせは試していない。' +
      (complete ? '' : '件数の上限に達したため、残りは試していない。'),
  },
  en: {
    kinds: {
      added: 'added',
      removed: 'removed',
      widened: 'widened',
      narrowed: 'narrowed',
      changed: 'changed',
    },
    force: (from: string, to: string | undefined) => `from ${from}${to ? ` to ${to}` : ''}`,
    changes: (count: number) =>
      count === 0
        ? 'Nothing written differs'
        : `Written otherwise: ${n(count)} ${count === 1 ? 'change' : 'changes'}`,
    none: 'none',
    otherwise: (kinds: number, events: number) =>
      kinds === 0
        ? 'No event that was tried is decided otherwise'
        : `Decided otherwise: ${n(kinds)} ${kinds === 1 ? 'kind' : 'kinds'} of events (${n(events)} of those tried)`,
    directions: {
      stricter: 'stricter',
      looser: 'looser',
      mixed: 'stricter in one mode, looser in the other',
    },
    events: (count: number) => `${n(count)} ${count === 1 ? 'event' : 'events'}`,
    dimensions: { operations: 'operation', purposes: 'purpose', recipients: 'recipient', fields: 'field' },
    gone: 'no longer in the way',
    come: 'now in the way',
    moved: 'with another outcome',
    example: 'example',
    more: (count: number) => `and ${n(count)} more kinds`,
    searched: ({ cells, tried, events, complete }: Searched) =>
      `Searched: of all ${n(cells)} cells of operation, form, purpose and category of recipient, the ${n(tried)} whose rows or registers differ, ${n(events)} events, judged as if both versions were in force. ` +
      'Fields: not stated, none, or one (of fields that neither version tells apart, one). References and the like: none, all, each alone, all but one. ' +
      'Register entries that differ: at each of their dates. Not searched: several fields at once.' +
      (complete ? '' : ' The limit of events was reached; the rest was not tried.'),
  },
} as const;
