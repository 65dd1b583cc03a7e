// SPDX-License-Identifier: Apache-2.0
// Receipt from third parties (APPI Art. 30, Rules Art. 24): provider, how it came by the data, whose, which, when.
import type { ShownRecord } from '../../verify/record-line.ts';
import { html, tableOf } from '../html.ts';
import { japaneseDay, japanTime } from '../japanese-day.ts';
import { type KindPart, MOST_LISTED } from '../kind-part.ts';
import { partsOf } from '../record-parts.ts';
import type { Language, Words } from '../words.ts';

const MISSING = { ja: '【記録なし】', en: '[not recorded]' };

export function receiptPart(words: Words): KindPart {
  const listed: ShownRecord[] = [];
  let records = 0;
  let incomplete = 0;

  const itemsOf = (record: ShownRecord, language: Language): string[] => {
    const { providerId, subject, fields, refs, text } = partsOf(record);
    const partner = words.partner(providerId, record.at);
    const method = text(record.data, 'acquisition', 'method');
    const evidence = text(record.data, 'acquisition', 'evidence');
    return [
      partner ? `${partner.legal_name}／${partner.address}／${partner.representative}` : '',
      method === '' ? '' : `${method} ${evidence}`.trim(),
      subject,
      fields.map(field => words.say('field', field, language)).join(language === 'ja' ? '、' : ', '),
      refs.consent ?? '',
    ];
  };

  return {
    add(record) {
      records++;
      // Consent is an item only where that is the ground, so it is not counted as missing.
      if (itemsOf(record, 'ja').slice(0, 4).includes('')) incomplete++;
      if (listed.length < MOST_LISTED) listed.push(record);
    },
    html(language) {
      const isJapanese = language === 'ja';
      const head = isJapanese
        ? ['提供元（名称／住所／代表者）', '取得の経緯', '本人', '項目', '同意', '受領日', '番号']
        : [
            'Provider (name / address / representative)',
            'How acquired',
            'Subject',
            'Items',
            'Consent',
            'Received',
            'Record',
          ];
      const rows = listed.map(record => [
        ...itemsOf(record, language).map((item, i) => item || (i === 4 ? '—' : MISSING[language])),
        `${japaneseDay(record.at)}（${japanTime(record.at).slice(0, 10)}）`,
        record.id,
      ]);
      const lacking = isJapanese
        ? `${records}件のうち${incomplete}件は、第30条の記録事項に不足がある。`
        : `${incomplete} of ${records} lack an item of Article 30.`;
      return [
        html`<h2>${isJapanese ? '受領の一覧' : 'Receipts'}</h2>\n`,
        html`<p class="note">${lacking}</p>\n`,
        tableOf(head, rows),
      ];
    },
  };
}
