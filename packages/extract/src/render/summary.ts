// SPDX-License-Identifier: Apache-2.0
// The summary pages: what was asked, how much came out, how far it is proven, and how to check that.
import type { ExtractRequest } from '../verify/extract-request.ts';
import { digits, type Html, html, pageOf, tableOf } from './html.ts';
import { dayAndTime } from './japanese-day.ts';
import { KIND_FORMS } from './kind-forms.ts';
import type { KindPart } from './kind-part.ts';
import type { SummaryFacts } from './reading.ts';
import type { Tally } from './tally.ts';
import { type Language, operationWord, type Texts, verdictWord, type Words } from './words.ts';

export interface SummaryParts {
  request: ExtractRequest;
  words: Words;
  facts: SummaryFacts;
  counts: { purpose: Tally; operation: Tally; recipient: Tally; verdict: Tally };
  part: KindPart | undefined;
}

const T = {
  asked: { ja: '求めの内容', en: 'What was asked' },
  controller: { ja: '事業者', en: 'Company' },
  period: { ja: '期間（日本時間）', en: 'Period (Japan time)' },
  filter: { ja: '条件', en: 'Filter' },
  none: { ja: 'なし（期間内のすべて）', en: 'none: everything in the period' },
  case: { ja: '事案番号', en: 'Case' },
  staff: { ja: '従業者', en: 'Staff' },
  named: { ja: '示す', en: 'named' },
  hidden: { ja: '伏せる', en: 'not named' },
  result: { ja: '結果', en: 'Result' },
  matching: { ja: '条件に当たる記録', en: 'records that match' },
  shown: {
    ja: '証明のために示した記録（records.jsonl）',
    en: 'records shown for the proof (records.jsonl)',
  },
  unattributed: {
    ja: 'うち、だれのものか分からない記録（読めないもの、全体に対する処理など）',
    en: 'of those, records that do not say whose they are (unreadable, whole base)',
  },
  withheld: { ja: '開示を控えた記録', en: 'records withheld' },
  hiddenRecords: { ja: 'ハッシュ値だけの記録', en: 'records present as a hash only' },
  segments: { ja: '調べたセグメントとその記録', en: 'segments examined, and their records' },
  complete: { ja: '完全性', en: 'Completeness' },
  checkpoint: { ja: 'ログのチェックポイント', en: 'Checkpoint of the log' },
  check: { ja: '検証の方法', en: 'How to check' },
} satisfies Record<string, Texts>;

const FILTER_WORDS: Record<string, string> = {
  subject: '本人',
  contract: '契約',
  actor: '従業者',
  recipient: '渡した先',
  operation: '取扱い',
  purpose: '目的',
  business: '事業',
  field: '項目',
  verdict: '判定',
  clause: '条項',
  outcome: '結果',
};

const COMPLETE: Record<SummaryFacts['complete'], Texts> = {
  proven: {
    ja: '条件に当たる記録を一件でも除けば、検証で見つかる。',
    en: 'If one matching record had been left out, verification would find it.',
  },
  stated: {
    ja: 'この条件には索引がない。示していない記録が条件に当たらないことは、作成者の陳述であり、証明されていない。',
    en: 'This filter has no index: that the records not shown do not match is the maker’s word, not proven.',
  },
};

const LIMIT: Texts = {
  ja: '示すのは、記録された取扱いである。記録の仕組みを持たないシステムでの取扱いは含まれない。',
  en: 'This shows recorded accesses. What happens in systems that do not record is not in it.',
};

const CHECK: Texts = {
  ja: 'ネットワークのない計算機で verify.html を開き、このZIPを選ぶ。ログの公開鍵は、この抽出とは別の経路で入手する。または ashiato extract verify ファイル --log-key 鍵。',
  en: 'Open verify.html on a machine without network and choose this ZIP. Have the log’s public key from elsewhere than this extract. Or: ashiato extract verify FILE --log-key KEY.',
};

export function summaryOf(language: Language, parts: SummaryParts): string {
  const { request, facts, part } = parts;
  const { title, form } = KIND_FORMS[request.kind];
  const heading = title[language];
  const until =
    language === 'ja'
      ? `各パーティションは、少なくとも${dayAndTime(Date.parse(facts.complete_until))}まで確定している。`
      : `Every partition is committed at least up to ${facts.complete_until}.`;
  const body = html`<h1>${heading}</h1>
<p>${form[language]}</p>
${asked(language, parts)}${result(language, parts)}${part ? part.html(language) : []}${breakdown(language, parts)}
<h2>${T.complete[language]}</h2>
<p class="note">${COMPLETE[facts.complete][language]}</p>
<p>${until} ${LIMIT[language]}</p>
${partitions(language, facts)}
<h2>${T.checkpoint[language]}</h2>
<p><code>${facts.checkpoint.origin}</code><br><code>${facts.checkpoint.size}</code><br><code>${facts.checkpoint.root}</code></p>
<h2>${T.check[language]}</h2>
<p>${CHECK[language]}</p>
`;
  return pageOf(language, heading, body);
}

function asked(language: Language, { request, words }: SummaryParts): Html {
  const conditions = Object.entries(request.filter).map(
    ([name, values]) => `${language === 'ja' ? FILTER_WORDS[name] : name} = ${values?.join(' | ')}`,
  );
  const period = `${dayAndTime(Date.parse(request.from))} – ${dayAndTime(Date.parse(request.to))}`;
  const rows = [
    [T.controller[language], words.controller],
    [T.period[language], period],
    [T.filter[language], conditions.join('; ') || T.none[language]],
    [T.case[language], request.case ?? '—'],
    [T.staff[language], T[request.staff][language]],
  ];
  return html`<h2>${T.asked[language]}</h2>\n${tableOf([], rows)}`;
}

function result(language: Language, { request, facts: { counts } }: SummaryParts): Html {
  const ground = request.withhold ? ` (${request.withhold.ground})` : '';
  const rows: (string | number)[][] = [
    [T.matching[language], counts.matching],
    [T.shown[language], counts.shown],
    [T.unattributed[language], counts.unattributed],
    [T.withheld[language] + ground, counts.withheld],
    [T.hiddenRecords[language], counts.hidden],
    [T.segments[language], `${digits(counts.segments)} / ${digits(counts.records)}`],
  ];
  return html`<h2>${T.result[language]}</h2>\n${tableOf([], rows)}`;
}

function breakdown(language: Language, { counts, words }: SummaryParts): Html {
  const head = (ja: string, en: string) => (language === 'ja' ? [ja, '件数'] : [en, 'Records']);
  const of = (tally: Tally, say: (id: string) => string) =>
    tally.rows().map(([id, count]): [string, number] => [id === '' ? '—' : say(id), count]);
  return html`<h2>${language === 'ja' ? '内訳' : 'By'}</h2>
${tableOf(
  head('目的', 'Purpose'),
  of(counts.purpose, id => words.say('purpose', id, language)),
)}${tableOf(
  head('取扱い', 'Operation'),
  of(counts.operation, id => operationWord(id, language)),
)}${tableOf(
  head('渡した先', 'Recipient'),
  of(counts.recipient, id => words.say('recipient', id, language)),
)}${tableOf(
  head('判定', 'Verdict'),
  of(counts.verdict, id => verdictWord(id, language)),
)}`;
}

function partitions(language: Language, { partitions: all }: SummaryFacts): Html {
  const head =
    language === 'ja'
      ? ['パーティション', 'セグメント', '記録', '読めない記録', '位置', '期間のセグメント', '確定']
      : [
          'Partition',
          'Segments',
          'Records',
          'Unreadable',
          'Offsets',
          'Segments of the period',
          'Committed until',
        ];
  const rows = all.map(one => [
    String(one.partition),
    one.segments,
    one.records,
    one.unreadable,
    `${one.first_offset}–${one.last_offset}`,
    one.segments_of_period,
    one.committed_until,
  ]);
  return tableOf(head, rows);
}
