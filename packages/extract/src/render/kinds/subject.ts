// SPDX-License-Identifier: Apache-2.0
// One person's own statement (APPI Art. 33): plain words, staff not named.
import type { ShownRecord } from '../../verify/record-line.ts';
import { html, tableOf } from '../html.ts';
import { dayAndTime } from '../japanese-day.ts';
import { type KindPart, MOST_LISTED } from '../kind-part.ts';
import { partsOf } from '../record-parts.ts';
import { operationWord, type Words } from '../words.ts';

export function subjectPart(words: Words): KindPart {
  const listed: ShownRecord[] = [];
  let records = 0;
  return {
    add(record) {
      records++;
      if (listed.length < MOST_LISTED) listed.push(record);
    },
    html(language) {
      const isJapanese = language === 'ja';
      const head = isJapanese
        ? ['日時（日本時間）', '取扱い', '目的', '項目', '渡した先', '番号']
        : ['Time (Japan)', 'What was done', 'Purpose', 'Items', 'Given to', 'Record'];
      const rows = listed.map(record => {
        const { operation, purpose, fields, recipient, population } = partsOf(record);
        const items = fields.map(field => words.say('field', field, language)).join(isJapanese ? '、' : ', ');
        const whole = isJapanese ? '（全体に対する処理）' : ' (whole base)';
        return [
          dayAndTime(record.at),
          operationWord(operation, language) + (population === '' ? '' : whole),
          words.say('purpose', purpose, language),
          items || '—',
          recipient === '' ? '—' : words.say('recipient', recipient, language),
          record.id,
        ];
      });
      const none = isJapanese
        ? 'この期間に、あなたの個人データの取扱いの記録はない。'
        : 'No access to your personal data is recorded in this period.';
      const more = isJapanese ? '残りは records.csv にある。' : 'The rest stands in records.csv.';
      return [
        html`<h2>${isJapanese ? '取扱いの一覧' : 'Accesses'}</h2>\n`,
        records === 0 ? html`<p>${none}</p>\n` : tableOf(head, rows),
        ...(records > listed.length ? [html`<p>${more}</p>\n`] : []),
      ];
    },
  };
}
