// SPDX-License-Identifier: Apache-2.0
// The kinds of extract: title, form of law, and what each adds to the common pages.
import type { ExtractRequest, Kind } from '../verify/extract-request.ts';
import type { KindPart } from './kind-part.ts';
import { jointUsePart } from './kinds/joint-use.ts';
import { provisionPart } from './kinds/provision.ts';
import { receiptPart } from './kinds/receipt.ts';
import { subjectPart } from './kinds/subject.ts';
import { supervisionPart } from './kinds/supervision.ts';
import type { Texts, Words } from './words.ts';

export interface KindForm {
  title: Texts;
  /** Which provision of the law it answers to, and what it is not. */
  form: Texts;
  create?: (words: Words, request: ExtractRequest) => KindPart;
}

export const KIND_FORMS: Record<Kind, KindForm> = {
  records: {
    title: { ja: '個人データ取扱記録の抽出', en: 'Extract of access records' },
    form: {
      ja: '命令または監査の求めに応じ、条件に当たる取扱記録をすべて示すものである。',
      en: 'All access records that meet the conditions of an order or audit.',
    },
  },
  subject: {
    title: { ja: '本人への開示：個人データの取扱記録', en: 'Statement to the data subject' },
    form: {
      ja: '個人情報保護法第33条の開示請求に応じる資料である。だれが見たかは役割も含めて示さず、いつ、何のために、どの項目を、だれに渡したかを示す。',
      en: 'In answer to a request under APPI Article 33: when, for what, which items, given to whom. Staff are not named.',
    },
    create: subjectPart,
  },
  provision: {
    title: { ja: '第三者提供記録', en: 'Records of provision to third parties' },
    form: {
      ja: '個人情報保護法第29条の記録事項を、第一部に示す。委託と有効な共同利用は同条の対象外なので、第二部に取扱いの記録として分けて示す。',
      en: 'Part 1 holds the items of APPI Article 29. Entrustment and valid joint use are exempt and stand apart in part 2, an accountability log.',
    },
    create: provisionPart,
  },
  receipt: {
    title: { ja: '第三者から提供を受けた記録', en: 'Records of receipt from third parties' },
    form: {
      ja: '個人情報保護法第30条の記録事項を示す。記録にない事項は、不足として示す。',
      en: 'The items of APPI Article 30. Items that the record does not hold are shown as missing.',
    },
    create: receiptPart,
  },
  supervision: {
    title: { ja: '委託先の監督記録', en: 'Supervision of entrustees' },
    form: {
      ja: '個人情報保護法第25条にいう委託先の監督のため、委託先ごとの取扱状況を示す。',
      en: 'For the supervision that APPI Article 25 asks: what was handed to each entrustee.',
    },
    create: supervisionPart,
  },
  'joint-use': {
    title: { ja: '共同利用の状況', en: 'Joint use' },
    form: {
      ja: '個人情報保護法第27条第5項第3号の共同利用について、利用者、目的、情報の区分ごとの件数と、公表した範囲の外にあるものを示す。',
      en: 'Joint use under APPI Article 27(5)(iii): by user, purpose and group of data, with what lies outside the published scope.',
    },
    create: jointUsePart,
  },
};
