// SPDX-License-Identifier: Apache-2.0
// Provision to third parties (APPI Art. 29, Rules Art. 20): what the law wants recorded, and apart from it what the
// law exempts (27(1), 27(5)) and we record all the same.

import type { ExtractRequest } from '../../verify/extract-request.ts';
import type { ShownRecord } from '../../verify/record-line.ts';
import { html, tableOf } from '../html.ts';
import { japaneseDay, japanTime } from '../japanese-day.ts';
import { type KindPart, MOST_LISTED } from '../kind-part.ts';
import { partsOf } from '../record-parts.ts';
import type { Language, Texts, Words } from '../words.ts';

const GROUNDS: Record<string, Texts> = {
  consent: { ja: '本人の同意（第27条第1項）', en: 'consent, Art. 27(1)' },
  opt_out: { ja: 'オプトアウト（第27条第2項）', en: 'opt-out, Art. 27(2)' },
  entrustment: { ja: '委託（第27条第5項第1号）', en: 'entrustment, Art. 27(5)(i)' },
  joint_use: { ja: '共同利用（第27条第5項第3号）', en: 'joint use, Art. 27(5)(iii)' },
  law: { ja: '法令等（第27条第1項各号）', en: 'law, items of Art. 27(1)' },
  statistics: { ja: '統計（個人データではない）', en: 'statistics: no personal data' },
};
const EXEMPT = new Set(['entrustment', 'joint_use', 'law', 'statistics']);
const MISSING: Texts = { ja: '【記録なし】', en: '[not recorded]' };

export function provisionPart(words: Words, request: ExtractRequest): KindPart {
  const parts = { article29: createList(words), exempt: createList(words) };
  return {
    add(record) {
      const { recipient, form, text } = partsOf(record);
      const stated = text(record.data, 'provision', 'basis') || words.ground(recipient) || 'unstated';
      const ground = form === 'statistical' ? 'statistics' : stated;
      const isExempt = EXEMPT.has(ground) && !(ground === 'joint_use' && request.joint_use === 'defective');
      parts[isExempt ? 'exempt' : 'article29'].add(record, ground);
    },
    html(language) {
      const isJapanese = language === 'ja';
      const defective = isJapanese
        ? '共同利用の公表事項に不備があるものとして、共同利用も第29条の記録として示す。'
        : 'The joint-use clause is taken to be defective: joint use is shown as records under Art. 29.';
      return [
        html`<h2>${isJapanese ? '第一部　第29条の記録' : 'Part 1: records under Article 29'}</h2>\n`,
        ...(request.joint_use === 'defective' ? [html`<p class="note">${defective}</p>\n`] : []),
        ...parts.article29.html(language),
        html`<h2>${isJapanese ? '第二部　取扱いの記録（第29条の対象外）' : 'Part 2: accountability log (exempt from Article 29)'}</h2>\n`,
        ...parts.exempt.html(language),
      ];
    },
  };
}

function createList(words: Words) {
  const listed: { record: ShownRecord; ground: string }[] = [];
  let count = 0;

  function rowOf({ record, ground }: (typeof listed)[number], language: Language): string[] {
    const { recipient, recipientId, subject, population, fields, text } = partsOf(record);
    const missing = MISSING[language];
    const partner = words.partner(recipientId, record.at);
    const party = partner
      ? `${partner.legal_name}／${partner.address}／${partner.representative}`
      : `${words.say('recipient', recipient, language)} ${recipientId || missing}`;
    const [from, to] = [text(record.data, 'provision', 'from'), text(record.data, 'provision', 'to')];
    const bulk = from && to ? `${from} – ${to}` : '';
    const day = `${japaneseDay(record.at)}（${japanTime(record.at).slice(0, 10)}）`;
    const many = language === 'ja' ? `${population}名` : `${population} persons`;
    return [
      party,
      subject || (population === '' ? missing : many),
      fields.map(field => words.say('field', field, language)).join(language === 'ja' ? '、' : ', ') ||
        missing,
      bulk || day,
      GROUNDS[ground]?.[language] ?? missing,
      record.id,
    ];
  }

  return {
    add(record: ShownRecord, ground: string): void {
      count++;
      if (listed.length < MOST_LISTED) listed.push({ record, ground });
    },
    html(language: Language) {
      const isJapanese = language === 'ja';
      const head = isJapanese
        ? ['提供先（名称／住所／代表者）', '本人', '項目', '年月日または期間', '根拠', '番号']
        : [
            'Recipient (name / address / representative)',
            'Subject',
            'Items',
            'Date or period',
            'Ground',
            'Record',
          ];
      const more = isJapanese
        ? `全${count}件。残りは records.csv にある。`
        : `${count} in all; the rest stands in records.csv.`;
      if (count === 0) return [html`<p>${isJapanese ? '該当なし。' : 'None.'}</p>\n`];
      return [
        tableOf(
          head,
          listed.map(one => rowOf(one, language)),
        ),
        ...(count > listed.length ? [html`<p>${more}</p>\n`] : []),
      ];
    },
  };
}
