// SPDX-License-Identifier: Apache-2.0
// The policy's words for people, and its registers, from the enclosed bundle that came into force last.
import type { PolicyBundle } from '@ashiato/policy';

export type Language = 'ja' | 'en';
export type Texts = Record<Language, string>;
export type Partner = PolicyBundle['registers']['partners'][number];
export type Agreement = PolicyBundle['registers']['agreements'][number];

export interface Words {
  controller: string;
  /** The policy's word for an id of that sort; the id itself where the policy has none. */
  say(sort: 'purpose' | 'field' | 'recipient' | 'business', id: string, language: Language): string;
  /** On what the policy rests giving data to recipients of this category. */
  ground(category: string): string | undefined;
  /** Group of a field: what a clause speaks of. */
  group(field: string, language: Language): string;
  partner(id: string, at: number): Partner | undefined;
  agreements(partner: string): Agreement[];
}

const OPERATIONS: Record<string, Texts> = {
  collect: { ja: '取得', en: 'collected' },
  receive: { ja: '受領', en: 'received' },
  use: { ja: '利用', en: 'used' },
  provide: { ja: '提供', en: 'provided' },
  update: { ja: '更新', en: 'updated' },
  erase: { ja: '消去', en: 'erased' },
};
export const operationWord = (id: string, language: Language): string => OPERATIONS[id]?.[language] ?? id;

const VERDICTS: Record<string, Texts> = {
  conforming: { ja: '適合', en: 'conforming' },
  undetermined: { ja: '判定不能', en: 'undetermined' },
  violation: { ja: '違反', en: 'violation' },
};
export const verdictWord = (id: string, language: Language): string => VERDICTS[id]?.[language] ?? id;

export function createWords(bundles: readonly PolicyBundle[]): Words {
  const newest = [...bundles].sort((a, b) => (a.effective_from < b.effective_from ? 1 : -1))[0];
  const named = (list: readonly { id: string; ja: string; en: string }[] = []) =>
    new Map(list.map(({ id, ja, en }) => [id, { ja, en }]));
  const sorts = {
    purpose: named(newest?.policy.purposes),
    field: named(newest?.policy.fields),
    recipient: named(newest?.policy.recipients),
    business: named(newest?.policy.businesses),
  };
  const groups = named(newest?.policy.groups);
  const partners = newest?.registers.partners ?? [];
  return {
    controller: newest?.policy.controller ?? '',
    say: (sort, id, language) => sorts[sort].get(id)?.[language] ?? id,
    ground: category => newest?.policy.recipients.find(({ id }) => id === category)?.ground,
    group: (field, language) => groups.get(field.split('.')[0]!)?.[language] ?? field.split('.')[0]!,
    // Days of the register are days of Japan: a text comparison.
    partner: (id, at) => {
      const day = new Date(at + 9 * 3_600_000).toISOString().slice(0, 10);
      return partners.find(one => one.id === id && one.from <= day && (one.to === null || day < one.to));
    },
    agreements: partner => (newest?.registers.agreements ?? []).filter(one => one.partner === partner),
  };
}
