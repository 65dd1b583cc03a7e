// SPDX-License-Identifier: Apache-2.0
// Entrustees (APPI Art. 25): what each was handed, what of it lay outside the contract, when it was last supervised.
import { html, tableOf } from '../html.ts';
import type { KindPart } from '../kind-part.ts';
import { partsOf } from '../record-parts.ts';
import { createTally, type Tally } from '../tally.ts';
import type { Language, Words } from '../words.ts';

interface Entrustee {
  category: string;
  id: string;
  lastAt: number;
  records: number;
  outside: number;
  purposes: Tally;
  fields: Tally;
}

export function supervisionPart(words: Words): KindPart {
  const entrustees = new Map<string, Entrustee>();

  function rowOf(one: Entrustee, language: Language): (string | number)[] {
    const join = (names: string[]) => names.join(language === 'ja' ? '、' : ', ');
    const partner = words.partner(one.id, one.lastAt);
    const agreements = words.agreements(one.id);
    const none = language === 'ja' ? '登録なし' : 'not registered';
    const secret = { ja: ['あり', 'なし'], en: ['yes', 'no'] }[language];
    return [
      partner?.legal_name ?? `${words.say('recipient', one.category, language)} ${one.id}`,
      one.records,
      join(one.purposes.rows().map(([id, count]) => `${words.say('purpose', id, language)} ${count}`)),
      join(one.fields.rows().map(([id]) => words.say('field', id, language))),
      one.outside,
      partner?.supervised_on ?? none,
      agreements.length === 0 ? none : join(agreements.map(({ id, nda }) => `${id} ${secret[nda ? 0 : 1]}`)),
    ];
  }

  return {
    add(record) {
      const { recipient, recipientId, purpose, fields } = partsOf(record);
      if (words.ground(recipient) !== 'entrustment') return;
      const name = `${recipient}/${recipientId}`;
      const one = entrustees.get(name) ?? {
        category: recipient,
        id: recipientId,
        lastAt: record.at,
        records: 0,
        outside: 0,
        purposes: createTally(),
        fields: createTally(),
      };
      one.records++;
      one.lastAt = Math.max(one.lastAt, record.at);
      if (record.verdict === 'violation') one.outside++;
      one.purposes.add(purpose);
      for (const field of fields) one.fields.add(field);
      entrustees.set(name, one);
    },
    html(language) {
      const isJapanese = language === 'ja';
      const head = isJapanese
        ? ['委託先', '件数', '目的と件数', '項目', '範囲外（違反）', '前回の監督', '契約と秘密保持']
        : [
            'Entrustee',
            'Records',
            'Purposes',
            'Items',
            'Outside (violation)',
            'Last supervised',
            'Agreement, secrecy',
          ];
      const rows = [...entrustees]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, one]) => rowOf(one, language));
      return [html`<h2>${isJapanese ? '委託先ごとの状況' : 'By entrustee'}</h2>\n`, tableOf(head, rows)];
    },
  };
}
