// SPDX-License-Identifier: Apache-2.0
// Joint use (APPI Art. 27(5)(iii)): user by purpose by group of data, and what lies outside the published clause.
import { html, tableOf } from '../html.ts';
import type { KindPart } from '../kind-part.ts';
import { partsOf } from '../record-parts.ts';
import { createTally } from '../tally.ts';
import type { Words } from '../words.ts';

const SEPARATOR = '\u0000';

export function jointUsePart(words: Words): KindPart {
  const all = createTally();
  const outside = createTally();
  return {
    add(record) {
      const { recipient, purpose, fields } = partsOf(record);
      if (words.ground(recipient) !== 'joint_use') return;
      for (const group of new Set(fields.map(field => field.split('.')[0]!))) {
        const cell = [recipient, purpose, group].join(SEPARATOR);
        all.add(cell);
        if (record.verdict !== 'conforming') outside.add(cell);
      }
    },
    html(language) {
      const isJapanese = language === 'ja';
      const beyond = new Map(outside.rows());
      const head = isJapanese
        ? ['共同利用者', '目的', '情報の区分', '件数', '範囲外または判定不能']
        : ['Joint user', 'Purpose', 'Group of data', 'Records', 'Outside or undetermined'];
      const rows = all.rows().map(([cell, count]) => {
        const [recipient, purpose, group] = cell.split(SEPARATOR) as [string, string, string];
        return [
          words.say('recipient', recipient, language),
          words.say('purpose', purpose, language),
          words.group(group, language),
          count,
          beyond.get(cell) ?? 0,
        ];
      });
      return [
        html`<h2>${isJapanese ? '利用者、目的、区分ごとの件数' : 'By user, purpose and group'}</h2>\n`,
        tableOf(head, rows),
      ];
    },
  };
}
