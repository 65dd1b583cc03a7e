// SPDX-License-Identifier: Apache-2.0
// Words for what a published text is expected to tell.
import type { MANAGER_DETAILS, STATISTICS_DETAILS, TOPICS } from '../text-facts.ts';

type Words = { ja: string; en: string };

export const TOPIC_WORDS: Record<(typeof TOPICS)[number], Words> = {
  retention: { ja: '保存期間', en: 'how long data is kept' },
  disclosure: { ja: '開示の手続き', en: 'disclosure to the person' },
  correction: { ja: '訂正の手続き', en: 'correction' },
  suspension: { ja: '利用停止の手続き', en: 'suspension of use' },
  security_measures: { ja: '安全管理措置', en: 'security measures' },
  complaints: { ja: '苦情の窓口', en: 'where to complain' },
};

export const DETAILS: Record<(typeof MANAGER_DETAILS)[number] | (typeof STATISTICS_DETAILS)[number], Words> =
  {
    name: { ja: '氏名または名称', en: 'name' },
    address: { ja: '住所', en: 'address' },
    representative: { ja: '代表者の氏名', en: 'representative' },
    method: { ja: '加工の方法', en: 'method' },
    threshold: { ja: '最小の集団の人数', en: 'smallest group' },
    anonymisation_rules: {
      ja: '匿名加工情報の規律との関係',
      en: 'relation to the rules on anonymised information',
    },
  };

export const JOINT_USE_ITEMS = {
  items: { ja: '項目', en: 'items' },
  purposes: { ja: '目的', en: 'purposes' },
  manager: { ja: '管理責任者', en: 'manager' },
} as const;

/** The term of the W3C Data Privacy Vocabulary by which a purpose is known to be direct marketing. */
export const MARKETING_TERM = 'https://w3id.org/dpv#DirectMarketing';
