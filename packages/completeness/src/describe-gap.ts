// SPDX-License-Identifier: Apache-2.0
// What a gap says to people, in Japanese and English: what was expected and found, and what to do about it.
import type { GapCode } from '@ashiato/schema';

export interface GapFacts {
  first?: number | undefined;
  last?: number | undefined;
  reason?: string | undefined;
  detail?: string | undefined;
  count?: number | undefined;
  other?: number | undefined;
}

interface Said {
  ja: string;
  en: string;
}

const range = ({ first, last }: GapFacts): Said => {
  if (first === undefined) return { ja: '(番号なし)', en: '(no number)' };
  if (first === last) return { ja: `番号 ${first}`, en: `number ${first}` };
  return { ja: `番号 ${first}〜${last}`, en: `numbers ${first} to ${last}` };
};

const REASONS: Record<string, Said> = {
  seal_missing_before: { ja: '前の封印が欠けているため', en: 'a seal before it is missing' },
  out_of_order: { ja: '後の番号が封印より先に届いたため', en: 'later numbers came before it' },
  unhashed: {
    ja: '暗号化された項目があるか、鍵の登録が後だったため',
    en: 'members of its events were encrypted, or its key was registered later',
  },
  late: { ja: '封印の後に遅れて届いたため', en: 'they came after the seal that missed them' },
  too_many: { ja: '欠番が多すぎて照合できないため', en: 'too many numbers were missing at once' },
};

const TEXTS: Record<GapCode, (facts: GapFacts) => Said> = {
  chain_broken: ({ detail }) => ({
    ja: `セグメントの連鎖がここで途切れています(${detail})。控えから復元し、「ashiato verify」で確認してください。`,
    en: `the chain of segments breaks off here (${detail}); restore it from a copy and run "ashiato verify"`,
  }),
  not_begun: () => ({
    ja: 'この時点より前の記録はありません(記録の開始前か、保存期間の満了後です)。',
    en: 'there is no record before this time: recording had not begun, or what there was has expired',
  }),
  not_reached: () => ({
    ja: '記録の確定がまだ期間の終わりに達していません。しばらくしてから作り直してください。',
    en: 'what is committed does not reach the end of the interval yet; make the statement again later',
  }),
  lost_offsets: ({ first, last, detail }) => ({
    ja: `オフセット ${first}〜${last} は、記録される前にキューから失われました(${detail})。`,
    en: `offsets ${first} to ${last} were lost from the queue before they were recorded (${detail})`,
  }),
  unreadable: ({ detail }) => ({
    ja: `イベントとして読み取れない記録です(${detail})。中身を確かめられるまで、アクセスでないとは言えません。`,
    en: `a record that is no readable event (${detail}): until somebody reads it, it may have been an access`,
  }),
  missing_numbers: facts => ({
    ja: `${range(facts).ja}が届いていません。送信元のスプールに残っていないか確認してください。`,
    en: `${range(facts).en} did not arrive; see whether the spool of the source still holds them`,
  }),
  altered: facts => ({
    ja: `${range(facts).ja}は揃っていますが、封印のルートと一致しません。送信後に書き換えられた疑いがあります。`,
    en: `${range(facts).en} are all there, but not as they were sealed: something changed them on the way`,
  }),
  not_checked: facts => ({
    ja: `${range(facts).ja}は届いていますが、${REASONS[facts.reason ?? '']?.ja ?? ''}、封印と照合できませんでした。`,
    en: `${range(facts).en} could not be held against a seal, since ${REASONS[facts.reason ?? '']?.en ?? ''}`,
  }),
  conflict: facts => ({
    ja: `${range(facts).ja}に、内容の異なる二つのイベントがあります。`,
    en: `two different events under ${range(facts).en}`,
  }),
  forged_seal: facts => ({
    ja: `封印(${range(facts).ja})の署名が、登録された鍵のものではありません。`,
    en: `a seal over ${range(facts).en} that the registered key did not sign`,
  }),
  malformed_seal: () => ({
    ja: '封印の形式が正しくないか、別の送信元を名乗っています。',
    en: 'a seal that is malformed, or speaks for another source than the one it came from',
  }),
  missing_seal: facts =>
    facts.first === undefined
      ? {
          ja: 'この封印の前にあるはずの封印がありません。',
          en: 'the seal that this one names before it is not there',
        }
      : {
          ja: `${range(facts).ja}の封印がありません。`,
          en: `the seal over ${range(facts).en} is not there`,
        },
  overlapping_seal: facts => ({
    ja: `封印(${range(facts).ja})が、すでに封印された番号に重なっています。`,
    en: `a seal over ${range(facts).en} overlaps what was sealed before`,
  }),
  silent: () => ({
    ja: '送信元からの封印が途絶えています。停止していたのか、届かなかったのかを確認してください。',
    en: 'the source gave no seal in this time; find out whether it stood still or could not be heard',
  }),
  clock: () => ({
    ja: '封印の時刻が、ブローカーの時計または前の封印と食い違っています。送信元の時計を合わせてください。',
    en: "the seal's time disagrees with the broker's clock or with the seal before it; set the clock of the source",
  }),
  unknown_tail: () => ({
    ja: '停止の封印がなく、次の起動でも終わりの番号が示されていないため、最後に何件あったか分かりません。',
    en: 'no stop seal, and no later start names its end: how many accesses came last is unknown',
  }),
  tail_disagrees: ({ last, other }) => ({
    ja: `次の起動の封印は終わりを番号 ${other} としていますが、番号 ${last} まで届いています。`,
    en: `the next start says it ended at number ${other}, but number ${last} arrived`,
  }),
  no_register: () => ({
    ja: '個人データを持つシステムの台帳がないため、対象範囲を示せません。registers.yaml の systems に登録してください。',
    en: 'no register says which systems hold personal data; enter them under "systems" in registers.yaml',
  }),
  not_covered: ({ detail }) => ({
    ja: `アクセスが記録されないシステムです(${detail})。`,
    en: `accesses to this system are not recorded (${detail})`,
  }),
  no_source: () => ({
    ja: 'このシステムのどの送信元も、期間中に何も送っていません。使われなかったとは言い切れません。',
    en: 'no source of this system said anything in the interval; that it was not used cannot be told',
  }),
  unsealed_system: () => ({
    ja: '封印のない送信元があり、独立した件数との照合もありません。鍵を登録するか、件数を記録してください。',
    en: 'it has sources without seals and no independent count; register a key, or record counts',
  }),
  unlisted_source: () => ({
    ja: 'どのシステムにも属さない、封印のない送信元です。台帳に登録してください。',
    en: 'a source without seals that belongs to no system of the register; enter it',
  }),
  count_differs: ({ count, other }) => ({
    ja: `システム自身の件数は ${count} 件ですが、記録は ${other} 件です。`,
    en: `the system itself counted ${count} accesses, the trail holds ${other}`,
  }),
};

export const describeGap = (code: GapCode, facts: GapFacts): Said => TEXTS[code](facts);
