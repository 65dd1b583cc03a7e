// SPDX-License-Identifier: Apache-2.0
// Everything that can be wrong with an extract, with the sentence a person reads. A fault is a value: what is
// verified may be anything.

export const FAULTS = {
  not_whole: {
    ja: 'ファイルの終わりがない。途中で切れているか、証跡抽出のZIPではない。',
    en: 'The end of the file is missing: it was cut, or it is no extract.',
  },
  zip_altered: {
    ja: 'ZIPの構造が、作成時の形と違う。',
    en: 'The structure of the ZIP is not as extracts are written.',
  },
  manifest_malformed: {
    ja: '目録（manifest.json）が定めた形ではない。',
    en: 'The manifest is not in its form.',
  },
  member_missing: { ja: '目録にあるファイルがない。', en: 'A file that the manifest names is missing.' },
  member_unlisted: {
    ja: '目録にないファイルがある。',
    en: 'There is a file that the manifest does not name.',
  },
  member_altered: {
    ja: 'ファイルの内容が、目録のハッシュ値と合わない。',
    en: 'A file does not have the hash that the manifest states.',
  },
  member_malformed: { ja: 'ファイルが定めた形ではない。', en: 'A file is not in its form.' },
  unpinned: {
    ja: 'ログの公開鍵が外から与えられていない。抽出に同封された鍵では、だれの記録かは分からない。',
    en: 'No log key was given from elsewhere: a key that comes with the extract does not show whose log it is.',
  },
  trust_malformed: {
    ja: '検証者が与えた鍵または信頼方針を読めない。',
    en: 'The key or trust policy given for verification cannot be read.',
  },
  checkpoint_malformed: { ja: 'チェックポイントを読めない。', en: 'The checkpoint cannot be read.' },
  checkpoint_forged: {
    ja: 'チェックポイントの署名が内容と合わない。',
    en: 'A signature of the checkpoint does not fit it.',
  },
  log_key: {
    ja: 'チェックポイントに、指定した鍵のログの署名がない。別の鍵か、別の会社のログである。',
    en: 'The checkpoint is not signed by the log that was named: another key, or another company’s log.',
  },
  no_quorum: { ja: '証人の署名が足りない。', en: 'Too few witnesses have cosigned the checkpoint.' },
  log_altered: {
    ja: 'ログの項目が、署名されたチェックポイントと合わない。項目が除かれたか、加えられたか、変えられた。',
    en: 'The entries of the log do not hash to the signed checkpoint: one was taken out, added or changed.',
  },
  log_entry_unknown: { ja: '読めないログの項目がある。', en: 'The log holds an entry that cannot be read.' },
  chain_broken: {
    ja: 'セグメントの連鎖が続いていない。',
    en: 'The chain of segments does not continue.',
  },
  beyond_frontier: {
    ja: 'ログがそこまで達していない。このチェックポイントは期間の終わりより古い。',
    en: 'The log does not reach the end of the period: the checkpoint is older.',
  },
  older_checkpoint: {
    ja: '以前の抽出より古いチェックポイントである。',
    en: 'The checkpoint is older than that of the earlier extract.',
  },
  history_changed: {
    ja: '以前の抽出の記録を引き継いでいない。履歴が書き換えられた。',
    en: 'The log does not continue that of the earlier extract: history was rewritten.',
  },
  previous_unusable: { ja: '以前の抽出を検証できない。', en: 'The earlier extract cannot be verified.' },
  segment_missing: {
    ja: '期間内のセグメントの証明がない。',
    en: 'A segment of the period is left out.',
  },
  segment_unexpected: {
    ja: '期間外または順序の違うセグメントがある。',
    en: 'A segment is shown that is not of the period, or not in its place.',
  },
  index_refused: {
    ja: '索引の証明が成り立たない。',
    en: 'The proof from a segment’s index does not hold.',
  },
  record_missing: {
    ja: '条件に当たる記録が除かれている。',
    en: 'A record that belongs to the extract is left out.',
  },
  record_unexpected: {
    ja: '条件に当たらない記録、または順序の違う記録がある。',
    en: 'A record is shown that does not belong there, or not in its place.',
  },
  record_altered: {
    ja: '記録がセグメントの根のハッシュ値と合わない。変えられたか、入れ替えられた。',
    en: 'Records do not hash to the root of their segment: one was changed or put in.',
  },
  verdict_changed: {
    ja: '判定が、同封の方針で判定し直した結果と違う。',
    en: 'A verdict is not the one that the enclosed policy gives.',
  },
  policy_missing: { ja: '判定の根拠となる方針がない。', en: 'The policy behind a verdict is missing.' },
  policy_altered: {
    ja: '同封の方針が、その名のハッシュ値を持たない。',
    en: 'An enclosed policy does not have the hash of its name.',
  },
  counts_wrong: {
    ja: '目録の件数が、数え直した結果と違う。',
    en: 'A count of the manifest is not what comes out when counted again.',
  },
  derived_altered: {
    ja: '証拠から作り直した内容と違う。',
    en: 'A file is not what follows from the evidence.',
  },
} as const;

export type FaultCode = keyof typeof FAULTS;

export interface Fault {
  code: FaultCode;
  /** A member, a segment, a record's id, or the file. */
  place: string;
  /** What was expected and found, in English. */
  detail: string;
}

/** Ends the verification: nothing after it would have a meaning. */
export class Stop extends Error {
  readonly fault: Fault;
  constructor(code: FaultCode, place: string, detail: string) {
    super(`${place}: ${detail}`);
    this.name = 'Stop';
    this.fault = { code, place, detail };
  }
}
