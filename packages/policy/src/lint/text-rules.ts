// SPDX-License-Identifier: Apache-2.0
// L1-L12: defects of the published text, drawn from the facts that the policy file states about it. The law named
// here is the Act on the Protection of Personal Information (APPI) as in force in 2026; this is no legal advice.
import type { PolicyBundle } from '../bundle.ts';
import { MANAGER_DETAILS, STATISTICS_DETAILS, TOPICS } from '../text-facts.ts';
import { type Draft, idsOf, type LintRule, listEn, listJa, named } from './draft.ts';
import { DETAILS, JOINT_USE_ITEMS, MARKETING_TERM, TOPIC_WORDS } from './expected.ts';

function openLists({ policy }: PolicyBundle): Draft | undefined {
  const collected = policy.collection?.open_ended ? [policy.collection.clause] : [];
  const clauses = [...collected, ...(policy.text?.open_lists ?? [])];
  if (clauses.length === 0) return undefined;
  return {
    clauses,
    about: clauses,
    ja: '一覧が「など」「等」で終わり、何が含まれるか閉じていない。書き切るか、含まれるかを誰が決めるか定める。',
    en: 'Lists end with "etc.", so what they hold is open; name all of it, or say who decides what belongs.',
  };
}

function catchAlls({ policy }: PolicyBundle): Draft | undefined {
  const found = [...policy.purposes, ...policy.businesses].filter(({ requires_parent }) => requires_parent);
  if (found.length === 0) return undefined;
  return {
    clauses: found.map(({ clause }) => clause),
    about: idsOf(found),
    ja: `ほかに付随するものを何でも含む定めがある(${listJa(found)})。仕事を名指しするか、元の目的や事業を記録する。`,
    en: `Catch-all: ${listEn(found)} takes in whatever goes with the rest; name the work, or record its parent.`,
  };
}

function undefinedFootnotes({ policy }: PolicyBundle): Draft | undefined {
  const open = (policy.text?.footnotes ?? []).filter(({ defined_on }) => defined_on === null);
  if (open.length === 0) return undefined;
  const marks = open.map(({ mark }) => mark);
  return {
    clauses: open.flatMap(({ clauses }) => clauses),
    lines: open.map(({ line }) => [line, line]),
    about: marks,
    ja: `注(${marks.join('、')})は参照されるだけで、文面のどこにも説明がない。説明を加える。`,
    en: `Footnotes ${marks.join(', ')} are referred to and defined nowhere in the text; define them.`,
  };
}

function unnamedManagers({ policy }: PolicyBundle): Draft | undefined {
  const managers = (policy.text?.joint_use ?? []).flatMap(({ manager }) => manager ?? []);
  const short = managers.filter(({ told }) => told.length < MANAGER_DETAILS.length);
  const missing = MANAGER_DETAILS.filter(detail => short.some(({ told }) => !told.includes(detail)));
  if (missing.length === 0) return undefined;
  const words = missing.map(detail => DETAILS[detail]);
  return {
    clauses: short.flatMap(({ clauses }) => clauses),
    about: missing,
    ja: `共同利用の管理責任者について、文面にないもの: ${listJa(words)}(個人情報保護法27条5項3号)。役割だけでなく、これらを示す。`,
    en: `Of those who answer for jointly used data the text does not tell: ${listEn(words)} (APPI Art. 27(5)(iii)); a role alone is not enough.`,
  };
}

function claimedJointUse({ policy }: PolicyBundle): Draft | undefined {
  const short = policy.recipients
    .filter(({ ground }) => ground === 'joint_use')
    .map(user => {
      const uses = (policy.text?.joint_use ?? []).filter(({ users }) => users.includes(user.id));
      const told = { items: 'items', purposes: 'purposes', manager: 'manager' } as const;
      const missing = Object.values(told).filter(
        item => !uses.some(use => (item === 'manager' ? use.manager : use[item].length > 0)),
      );
      return { user, missing: missing.map(item => JOINT_USE_ITEMS[item]) };
    })
    .filter(({ missing }) => missing.length > 0);
  if (short.length === 0) return undefined;
  return {
    clauses: short.flatMap(({ user }) => user.clause ?? []),
    about: short.map(({ user }) => user.id),
    ja: `共同利用とあるが、要る事項が文面にない: ${short.map(({ user, missing }) => `${user.ja}(${listJa(missing)})`).join('、')}。事項を示すか、委託など別の根拠による。`,
    en: `Joint use is claimed without what it needs: ${short.map(({ user, missing }) => `${user.en} (no ${listEn(missing)})`).join('; ')}; tell it, or rest the sharing on another ground such as entrustment.`,
  };
}

function groundlessProvision({ policy }: PolicyBundle): Draft | undefined {
  const found = policy.recipients.filter(({ ground }) => ground === 'unstated');
  if (found.length === 0) return undefined;
  return {
    clauses: found.flatMap(({ clause }) => clause ?? []),
    about: idsOf(found),
    ja: `提供の法的な根拠が文面にない: ${listJa(found)}。委託や共同利用(個人情報保護法27条5項)でなければ第三者提供であり、本人の同意と提供の記録(同29条)が要る。`,
    en: `No legal ground is told for giving data to: ${listEn(found)}. Where it is neither entrustment nor joint use (APPI Art. 27(5)), consent and a record of each provision (Art. 29) are due; name the ground.`,
  };
}

function repetitions({ policy }: PolicyBundle): Draft | undefined {
  const clauses = policy.text?.repeated ?? [];
  if (clauses.length === 0) return undefined;
  return {
    clauses,
    about: clauses,
    ja: `同じことを述べる文が二度以上ある: ${listJa(named(policy.clauses, clauses))}一度にまとめ、食い違いの余地をなくす。`,
    en: `Said more than once: ${listEn(named(policy.clauses, clauses))} Say it once, so that the two cannot differ.`,
  };
}

function missingTopics({ policy, rules }: PolicyBundle): Draft | undefined {
  const missing = TOPICS.filter(topic => policy.text?.topics?.[topic] === undefined);
  if (missing.length === 0) return undefined;
  const words = missing.map(topic => TOPIC_WORDS[topic]);
  // What the text does not say is cited as an event is that no rule covers.
  const { clauses, lines } = rules.fallback.no_rule;
  return {
    clauses: clauses.filter(clause => !clause.startsWith('$')),
    lines: [lines],
    about: missing,
    ja: `文面に定めがない: ${listJa(words)}。加える(個人情報保護法32条など)。`,
    en: `The text does not speak of: ${listEn(words)}; add it (APPI Art. 32 and others).`,
  };
}

function unreachedBeneficiaries({ policy }: PolicyBundle): Draft | undefined {
  const closed = policy.recipients.filter(({ clause }) => clause === null);
  const reaches = (ids: readonly string[] = []) => closed.filter(({ id }) => ids.includes(id));
  const found = policy.purposes.filter(({ beneficiaries }) => reaches(beneficiaries).length > 0);
  if (found.length === 0) return undefined;
  const parties = reaches(found.flatMap(({ beneficiaries }) => beneficiaries ?? []));
  return {
    clauses: found.map(({ clause }) => clause),
    about: [...idsOf(found), ...idsOf(parties)],
    ja: `${listJa(parties)}のための目的がある(${listJa(found)})が、${listJa(parties)}への提供を許す条項はない。自社の利用にとどめるか、提供の条項を設ける。`,
    en: `Purposes serve the ${listEn(parties)} (${listEn(found)}), but no clause lets the ${listEn(parties)} receive data; keep it to own use, or add a clause.`,
  };
}

function neverShared({ policy }: PolicyBundle): Draft | undefined {
  const groups = new Set((policy.text?.joint_use ?? []).flatMap(({ items }) => items));
  if (groups.size === 0) return undefined;
  const found = policy.fields.filter(({ id, collected }) => collected && !groups.has(id.split('.')[0]!));
  if (found.length === 0) return undefined;
  const shared = policy.groups.filter(({ id }) => groups.has(id));
  return {
    clauses: [policy.collection?.clause ?? [], shared.map(({ clause }) => clause)].flat(),
    about: idsOf(found),
    ja: `取得するが、共同利用する項目のどれにも含まれない: ${listJa(found)}。共同利用先に渡さない。渡すなら項目に加える。`,
    en: `Collected, but in no group of jointly used items: ${listEn(found)}; never share them jointly, or add them to the items.`,
  };
}

function bareStatistics({ policy }: PolicyBundle): Draft | undefined {
  const { clauses = [], told = [] } = policy.text?.statistics ?? {};
  const missing = STATISTICS_DETAILS.filter(detail => !told.includes(detail));
  if (clauses.length === 0 || missing.length === 0) return undefined;
  const words = missing.map(detail => DETAILS[detail]);
  return {
    clauses,
    about: missing,
    ja: `統計について、文面にないもの: ${listJa(words)}。人が分からないと言える作り方を示す。`,
    en: `Of its statistics the text does not tell: ${listEn(words)}; tell how it is made sure that nobody can be recognised.`,
  };
}

function noOptOut(bundle: PolicyBundle): Draft | undefined {
  const { purposes, prefixes, channels = [] } = bundle.policy;
  const iri = (term: string) => term.replace(/^(\w+):/, (_, prefix: string) => prefixes[prefix] ?? '');
  const found = purposes.filter(
    ({ dpv, opt_out }) => opt_out === undefined && dpv.some(term => iri(term) === MARKETING_TERM),
  );
  if (found.length === 0) return undefined;
  const ways = [...new Set(found.flatMap(({ needs }) => needs?.channels ?? []))];
  const words = named(channels, ways);
  const by = {
    ja: ways.length > 0 ? `(${listJa(words)})` : '',
    en: ways.length > 0 ? ` by ${listEn(words)}` : '',
  };
  return {
    clauses: found.map(({ clause }) => clause),
    about: [...idsOf(found), ...ways],
    ja: `${listJa(found)}${by.ja}を断る手続きが文面にない。止め方を示す。`,
    en: `Nothing in the text lets a person refuse ${listEn(found)}${by.en}; say how to stop it.`,
  };
}

export const TEXT_RULES: Record<string, LintRule> = {
  L1: openLists,
  L2: catchAlls,
  L3: undefinedFootnotes,
  L4: unnamedManagers,
  L5: claimedJointUse,
  L6: groundlessProvision,
  L7: repetitions,
  L8: missingTopics,
  L9: unreachedBeneficiaries,
  L10: neverShared,
  L11: bareStatistics,
  L12: noOptOut,
};
