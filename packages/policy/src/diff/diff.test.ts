// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleOf, type PolicyBundle } from '../bundle.ts';
import { compile } from '../compile.ts';
import { bundle, generatedEvent, POLICY_FOLDER } from '../event.fixture.ts';
import { loadPolicies } from '../load.ts';
import { parsePolicy } from '../parse-policy.ts';
import type { Row } from '../rules-document.ts';
import { diffPolicies, diffText, type PolicyDiff } from './diff.ts';

/** A gym that lends lockers: small enough to see every event that its two versions decide otherwise. */
const GYM = `format: ashiato.policy/1
id: gym
version: "1"
timezone: Asia/Tokyo
effective_from: "2025-01-01"
effective_to: null
controller: Gym
source: { sha256: "${'a'.repeat(64)}", lines: 9 }
rules: rules.yaml
registers: registers.yaml
prefixes: { ext: "urn:example:" }
clauses:
  - { id: L1, lines: [1, 2], basis: literal, ja: 会員証の発行に使う。, en: Used for membership. }
groups: [{ id: member, clause: L1, ja: 会員, en: member }]
fields:
  - { id: member.card, ja: 会員証, en: card, dpv: "ext:card" }
references: [{ id: visit, ja: 来館, en: visit }]
purposes:
  - { id: membership, clause: L1, kind: service, business: not_needed, ja: 会員証, en: membership, dpv: ["ext:m"], needs: { references: [visit] } }
businesses: []
recipients: [{ id: cleaner, clause: L1, kind: helper, ground: entrustment, ja: 清掃業者, en: cleaner }]
responsible: []
calendars: []
`;
const FALLBACK = `{ clauses: [L1], lines: [1, 2], basis: strict, literal: undetermined, strict: undetermined, ja: 不明, en: unknown }`;
const RULES = `format: ashiato.rules/1
families: { all: { operation: [use], form: [identified], covers: true } }
fallback:
  no_policy_in_force: ${FALLBACK}
  time_unreadable: ${FALLBACK}
  no_rule: ${FALLBACK}
rules:
  - { code: shown, family: all, when: { purpose: [service], recipient: [none], field: [member] }, about: fields, clauses: [$purpose], lines: [1, 2], basis: literal, literal: conforming, strict: conforming, ja: 提示, en: shown }
  - { code: visit_missing, family: all, covers: false, when: { purpose: [service], recipient: [none], need: reference }, clauses: [L1], lines: [1, 2], basis: strict, strict: undetermined, ja: "{about}がない", en: "no {about}", remedy_ja: 示す, remedy_en: name it }
  - { code: cleaner_known, family: all, when: { recipient: [helper], partner: registered }, about: recipient, clauses: [L1], lines: [1, 2], basis: literal, literal: conforming, strict: conforming, ja: 登録済み, en: registered }
`;
const REGISTERS = `format: ashiato.registers/1
policy: gym
sample: true
supervision_cycle_months: 12
partners:
  - { id: bright, recipient: cleaner, from: "2025-01-01", to: "2026-01-01", known_since: "2025-01-01", legal_name: B, address: A, representative: R, areas: [], supervised_on: null }
agreements: []
`;
type Edit = readonly [from: string, to: string];
const edited = (text: string, edits: readonly Edit[]) =>
  edits.reduce((changed, [from, to]) => {
    expect(changed).toContain(from);
    return changed.replaceAll(from, to);
  }, text);
const gym = (edits: { policy?: Edit[]; rules?: Edit[]; registers?: Edit[] } = {}) =>
  parsePolicy([
    { path: 'gym.yaml', text: edited(GYM, edits.policy ?? []) },
    { path: 'rules.yaml', text: edited(RULES, edits.rules ?? []) },
    { path: 'registers.yaml', text: edited(REGISTERS, edits.registers ?? []) },
  ]);
const written = ({ changes }: PolicyDiff) =>
  changes.map(({ kind, section, id, member = '-', gained = [], lost = [] }) =>
    [kind, section, id, member, ...gained.map(word => `+${word}`), ...lost.map(word => `-${word}`)].join(' '),
  );
const reasons = ({ otherwise }: PolicyDiff) =>
  otherwise.map(
    ({ direction, gone, come, moved }) => `${direction} ${[gone, come, moved].map(String).join('|')}`,
  );

describe('two versions', () => {
  it('that are equal differ in nothing', () => {
    const diff = diffPolicies(gym(), gym());
    expect(diff).toMatchObject({ changes: [], otherwise: [], searched: { tried: 0, events: 0 } });
    expect(diffPolicies(bundle, bundle)).toMatchObject({ changes: [], otherwise: [] });
  });

  it('that are worded otherwise decide alike', () => {
    const diff = diffPolicies(
      gym(),
      gym({ policy: [['en: card', 'en: badge']], rules: [['en: shown', 'en: seen']] }),
    );
    expect(written(diff)).toEqual(['changed fields member.card en', 'changed rules shown en']);
    expect(diff.otherwise).toEqual([]);
  });

  it('are told apart in both directions, with events that show it', () => {
    const wider = gym({
      policy: [
        [
          '  - { id: member.card,',
          '  - { id: member.photo, ja: 写真, en: photo, dpv: "ext:photo" }\n  - { id: member.card,',
        ],
        ['references: [{', 'references: [{ id: letter, ja: 手紙, en: letter }, {'],
        ['references: [visit]', 'references: [visit, letter]'],
        ['effective_from: "2025', 'effective_from: "2024'],
      ],
      registers: [['to: "2026-01-01"', 'to: null']],
    });
    const diff = diffPolicies(gym(), wider);
    expect(written(diff)).toEqual([
      'widened policy policy effective_from',
      'widened groups member fields +member.photo',
      'added fields member.photo -',
      'added references letter -',
      'widened purposes membership needs.references +letter',
      'widened partners bright to',
    ]);
    expect(reasons(diff)).toEqual([
      'looser no_rule||',
      'looser visit_missing||',
      'looser no_rule,visit_missing||',
    ]);
    const back = diffPolicies(wider, gym());
    expect(written(back).map(line => line.split(' ')[0])).toEqual([
      'narrowed',
      'narrowed',
      'removed',
      'removed',
      'narrowed',
      'narrowed',
    ]);
    expect(reasons(back)).toEqual([
      'stricter |no_rule|',
      'stricter |visit_missing|',
      'stricter |no_rule,visit_missing|',
    ]);
    expect(back.searched).toEqual(diff.searched);
  });

  it('read as people need them, in both languages', () => {
    const diff = diffPolicies(
      gym(),
      gym({ rules: [['strict: undetermined, ja: "', 'strict: violation, ja: "']] }),
    );
    const [example] = diff.otherwise.map(({ example: { event } }) => JSON.stringify(event));
    expect(
      diffText(diff, { language: 'en', kinds: 9 }),
    ).toBe(`A  gym 1  from 2025-01-01  sha256 ${diff.a.sha256.slice(0, 16)}
B  gym 1  from 2025-01-01  sha256 ${diff.b.sha256.slice(0, 16)}

Written otherwise: 1 change (added 0, removed 0, widened 0, narrowed 1, changed 0)
  narrowed  rule visit_missing  strict: undetermined → violation

Decided otherwise: 1 kind of events (8 of those tried)
  1. stricter · 8 events · with another outcome: visit_missing
     operation use · purpose membership · recipient - · field member.card, unlisted.field
     strict: undetermined → violation 8
     example: ${example}
     A conforming / undetermined [L1] no visit
     B conforming / violation [L1] no visit

Searched: of all 126 cells of operation, form, purpose and category of recipient, the 1 whose rows or registers differ, 16 events, judged as if both versions were in force. Fields: not stated, none, or one (of fields that neither version tells apart, one). References and the like: none, all, each alone, all but one. Register entries that differ: at each of their dates. Not searched: several fields at once.
`);
    const ja = diffText(diff, { language: 'ja', kinds: 0 });
    expect(ja).toContain('  縮小  規則 visit_missing  strict: undetermined → violation\n');
    expect(ja).toContain('判定が変わる事象 1 種類(試したうちの 8 件)\n  ほかに 1 種類\n');
  });
});

describe('the older sibling', () => {
  it('lacks the sixth joint purpose and three basic fields', async () => {
    const [older] = await loadPolicies(join(POLICY_FOLDER, '../retail-template'));
    const diff = diffPolicies(older!, bundle, { mostEvents: 200_000 });
    const lines = written(diff);
    expect(lines).toEqual(
      expect.arrayContaining([
        'added clauses C3-J6 -',
        'added purposes generation_side_charge -',
        'widened groups basic fields +basic.email +basic.fit_start_ym +basic.fit_end_ym',
      ]),
    );
    const joint = lines.filter(line =>
      /^(added|removed) (clauses C3|purposes .*_(contract|termination|confirmation|operations|trading|charge) )/.test(
        line,
      ),
    );
    expect(joint).toEqual(['added clauses C3-J6 -', 'added purposes generation_side_charge -']);
    expect(reasons(diff)).toEqual(
      expect.arrayContaining(['looser purpose_unlisted||', 'looser field_unlisted,joint_field_outside||']),
    );
    expect(diff.searched.complete).toBe(false);
    expect(diffText(diff, { language: 'en', kinds: 1 })).toContain('The limit of events was reached');
  });
});

describe('a changed row', () => {
  const when = (rule: string): [string, string] => [
    `code: shown, family: all, when: { purpose: [service], recipient: [none], field: [member] }`,
    `code: shown, family: all, when: ${rule}`,
  ];
  it.each([
    [
      'widens by allowing more',
      '{ purpose: [service], recipient: [none, helper], field: [member] }',
      'widened',
    ],
    [
      'narrows by allowing less',
      '{ purpose: [service], recipient: [none], field: [member], refs_any: [visit] }',
      'narrowed',
    ],
    [
      'widens by another alternative',
      '[{ purpose: [service], recipient: [none], field: [member] }, { purpose: [service], recipient: [helper] }]',
      'widened',
    ],
    [
      'only changes where neither contains the other',
      '{ purpose: [service], recipient: [helper], field: [member] }',
      'changed',
    ],
  ])('%s', (_, rule, kind) => {
    const diff = diffPolicies(gym(), gym({ rules: [when(rule)] }));
    expect(diff.changes.map(change => `${change.kind} ${change.id} ${change.member}`)).toEqual([
      `${kind} shown when`,
    ]);
    expect(diff.otherwise.length).toBeGreaterThan(0);
  });
});

/** The first policy with something else in it. */
function otherwise(
  change: (copy: Pick<PolicyBundle, 'policy' | 'rules' | 'registers'>) => void,
): PolicyBundle {
  const { policy, rules, registers } = structuredClone(bundle);
  change({ policy, rules, registers });
  return bundleOf(policy, rules, registers);
}
const withRow = (code: string, change: (row: Row) => void) =>
  otherwise(({ rules }) => change(rules.rules.find(row => row.code === code)!));

describe('the search', () => {
  // One row for every kind of condition that rows can have.
  it.each([
    'purpose_unlisted',
    'field_unlisted',
    'channel_unlisted',
    'single_person',
    'agreement_ended',
    'partner_unregistered',
    'area_other',
    'statistics_unproven',
    'update_readdressed',
    'parent_without_consent',
  ])('finds events for which %s matters', code => {
    const flipped = withRow(code, row => {
      row.strict = row.strict === 'conforming' ? 'violation' : 'conforming';
    });
    const diff = diffPolicies(bundle, flipped, { mostEvents: 60_000 });
    expect(written(diff)).toEqual([
      `${row(code) === 'conforming' ? 'narrowed' : 'widened'} rules ${code} strict`,
    ]);
    const judges = [bundle, flipped].map(version => compile([version]));
    for (const { example } of diff.otherwise) {
      const found = judges.map(judge => judge.evaluate(example.event).strict);
      expect(found).toEqual([example.a.strict, example.b.strict]);
      expect(found[0]).not.toBe(found[1]);
    }
    expect(diff.otherwise.length).toBeGreaterThan(0);
  });
  const row = (code: string) => bundle.rules.rules.find(one => one.code === code)!.strict;

  it('finds no kind of difference in chance events that it had not found', () => {
    const other = otherwise(({ policy, rules }) => {
      policy.purposes.find(({ id }) => id === 'billing')!.not_needed = ['basic.phone'];
      policy.recipients.find(({ id }) => id === 'call_centre')!.purposes = ['billing'];
      rules.rules.find(({ code }) => code === 'statistics_unproven')!.when = { persons: { below: 20 } };
    });
    const diff = diffPolicies(bundle, other);
    const known = new Set(diff.otherwise.flatMap(({ transitions: { strict } }) => Object.keys(strict)));
    const [before, after] = [compile([bundle]), compile([other])];
    let differing = 0;
    for (const event of fc.sample(generatedEvent, { numRuns: 20_000, seed: 3 })) {
      const step = `${before.evaluate(event).strict} → ${after.evaluate(event).strict}`;
      if (new Set(step.split(' → ')).size === 1) continue;
      differing++;
      expect(known).toContain(step);
    }
    expect(differing).toBeGreaterThan(50);
  });

  it('tries what differs in the registers at its dates', () => {
    const ended = otherwise(({ registers }) => {
      registers.agreements.find(({ id }) => id === 'agr-bank-a')!.to = '2026-01-01';
    });
    const diff = diffPolicies(bundle, ended);
    expect(written(diff)).toEqual(['narrowed agreements agr-bank-a to']);
    const times = diff.otherwise.map(({ example: { event } }) => (event as { time: string }).time);
    expect(new Set(times)).toEqual(new Set(['2025-12-31T15:00:00.000Z']));
    expect(reasons(diff)).toContain('stricter |agreement_ended,agreement_missing|');
    expect(diff.otherwise.every(({ recipients }) => recipients.includes('financial_institution'))).toBe(true);
  });

  it('tells of a limit that it reached', () => {
    const { searched } = diffPolicies(
      bundle,
      withRow('inside_use', one => (one.literal = 'violation')),
      { mostEvents: 10 },
    );
    expect(searched.complete).toBe(false);
  });
});
