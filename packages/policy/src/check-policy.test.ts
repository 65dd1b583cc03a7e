// SPDX-License-Identifier: Apache-2.0
// Mistakes that a shape cannot see. The files of the first policy and of the example pass; each spoilt member is told.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PolicyError } from './errors.ts';
import { bundle, POLICY_FOLDER } from './event.fixture.ts';
import { library, POLICY, RULES } from './example.fixture.ts';
import { parsePolicies } from './parse-policy.ts';
import type { Source } from './read-document.ts';
import { responsibleFor } from './responsible.ts';

const NAMES = ['2024-04-01.yaml', '2024-04-01.rules.yaml', 'registers.yaml'];
const files = await Promise.all(
  NAMES.map(async path => ({ path, text: await readFile(join(POLICY_FOLDER, path), 'utf8') })),
);

function problems(sources: readonly Source[]): string[] {
  try {
    parsePolicies(sources);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError) || error.code !== 'INVALID') throw error;
    return error.problems.map(({ at, expected, found }) => `${at}: ${expected}; ${found}`);
  }
}

/** The first policy with one place of one of its files changed. */
function spoilt(place: number, from: string, to: string): Source[] {
  expect(files[place]!.text).toContain(from);
  return files.map((file, index) =>
    index === place ? { ...file, text: file.text.replace(from, to) } : file,
  );
}

describe('the policy file', () => {
  it.each([
    ['effective_to: null', 'effective_to: "2024-04-01"', 'effective_to: a day after 2024-04-01; 2024-04-01'],
    [
      '"2024-04-01"\neffective_to',
      '"2024-02-30"\neffective_to',
      'effective_from: a day as YYYY-MM-DD; "2024-02-30"',
    ],
    ['close: "17:00"', 'close: "08:00"', 'calendars.0.close: a time after 09:00; 08:00'],
    [
      'party: generation_contractor',
      'party: somebody',
      'responsible.2.party: a declared recipient or role; "somebody"',
    ],
    [
      'contract_kinds: [island, last_resort]',
      'contract_kinds: [island]',
      'responsible: one party that answers for basic under a contract of kind last_resort; none',
    ],
    [
      'contract_kinds: [ordinary]',
      'contract_kinds: [ordinary, island]',
      'responsible: one party that answers for basic under a contract of kind island; retail_electricity_supplier and transmission_distribution_operator',
    ],
    ['contract_kinds: [generation]', 'contract_kinds: [solar]', 'a declared kind of contract; "solar"'],
    ['ground: unstated', 'ground: custom', 'recipients.10.ground: "entrustment" or'],
    ['    ground: unstated\n', '', 'recipients.10.ground: the ground that the text names; nothing'],
    [
      'clause: null\n    kind: outside',
      'clause: null\n    ground: law\n    kind: outside',
      'recipients.13.ground: no ground',
    ],
    [
      'beneficiaries: [affiliate]',
      'beneficiaries: [sister]',
      'purposes.6.beneficiaries.0: a declared recipient; "sister"',
    ],
    [
      'channels: [mail, email',
      'channels: [pigeon, email',
      'purposes.7.needs.channels.0: a declared channel; "pigeon"',
    ],
    ['open_lists: [C4-V6', 'open_lists: [C9', 'text.open_lists.0: a declared clause; "C9"'],
    ['complaints: C6', 'complaints: C9', 'text.topics.complaints: a declared clause; "C9"'],
    ['line: 36', 'line: 86', 'text.footnotes.0.line: lines within 1 to 85; 86 to 86'],
    ['users: [sales_agent]', 'users: [agent]', 'text.joint_use.1.users.0: a declared recipient; "agent"'],
    ['told: [] }\n', 'told: [colour] }\n', 'text.statistics.told.0: "method" or'],
  ])('with %j as %j is refused', (from, to, expected) => {
    expect(problems(spoilt(0, from, to)).join('\n')).toContain(expected);
  });

  it('passes as it is', () => expect(problems(files)).toEqual([]));
});

describe('the registers', () => {
  it.each([
    ['areas: [tokyo]', 'areas: [tokio]', 'partners.2.areas.0: a declared area; "tokio"'],
    ['to: "2025-10-01"', 'to: "2024-01-01"', 'agreements.5.to: a day after 2024-04-01; 2024-01-01'],
    [
      'purposes: [direct_marketing]',
      'purposes: [post]',
      'agreements.7.purposes.0: a declared purpose; "post"',
    ],
    ['fields: [basic.name, basic.phone]', 'fields: [basic.nose]', 'a declared field or group; "basic.nose"'],
    ['partner: printing-a', 'partner: printing-b', 'agreements.7.partner: a declared partner; "printing-b"'],
    [
      'prefix: /ashiato/api',
      'prefix: /sample',
      'sources.1.from: one entry at a time for /sample; 2024-04-01, within',
    ],
    ['W1FRqndRwjWdogta', 'W1FRqndRwjWdog', 'sources.2.public_key: an Ed25519 public key'],
    ['id: paper-applications', 'id: customer-desk', 'systems.1.from: one entry at a time for customer-desk'],
    [
      'fields: [basic, customer]',
      'fields: [basic, pets]',
      'systems.0.fields.1: a declared field or group; "pets"',
    ],
    [
      'sources: []',
      'sources: [/paper]',
      'systems.1: either sources that record the system, or why it is not covered; both',
    ],
    ['sources: [/sample]', 'sources: []', 'why it is not covered; neither'],
    [
      'id: retailer-b\n    recipient',
      'id: retailer-a\n    recipient',
      'partners.1.from: one entry at a time for retailer-a as retail_electricity_supplier',
    ],
  ])('with %j as %j are refused', (from, to, expected) => {
    expect(problems(spoilt(2, from, to)).join('\n')).toContain(expected);
  });

  it('hold sources whose keys are 32 bytes, and every partner with name, address and representative', () => {
    const { sources = [], partners, sample } = bundle.registers;
    expect(sample).toBe(true);
    expect(sources.map(({ prefix }) => prefix)).toEqual(['/sample', '/ashiato/api', '/ashiato/recorder']);
    for (const { public_key } of sources) expect(Buffer.from(public_key, 'base64')).toHaveLength(32);
    for (const { legal_name, address, representative } of partners)
      expect([legal_name, address, representative].every(name => name.startsWith('見本'))).toBe(true);
  });
});

describe('versions', () => {
  const next = (version: string, from: string) => ({
    path: 'lib/next.yaml',
    text: POLICY.replace('version: "1"', `version: "${version}"`).replace('2025-03-30', from),
  });

  it('may follow each other', () => {
    expect(problems([...library(), next('2', '2026-01-01')])).toEqual([]);
  });

  it.each([
    ['2', '2025-03-30'],
    ['1', '2026-01-01'],
  ])('must not claim one time or one name: %s from %s', (version, from) => {
    const [problem, ...more] = problems([...library(), next(version, from)]);
    expect(problem).toContain(
      `effective_from: a version and days of its own, apart from town-library 1; ${version} from ${from}`,
    );
    expect(more).toEqual([]);
  });

  it('must not start before the end that an earlier one states', () => {
    const early = POLICY.replace('effective_to: null', 'effective_to: "2026-06-01"');
    expect(problems([...library(early), next('2', '2026-06-01')])).toEqual([]);
    expect(problems([...library(early), next('2', '2026-05-31')]).join()).toContain(
      'from 2025-03-30 to 2026-06-01',
    );
  });

  it('tell a mistake in a shared file once, and the mistakes of all', () => {
    const shared = RULES.replace('code: lent', 'code: Lent');
    const wrong = { ...next('2', '2026-01-01') };
    wrong.text = wrong.text.replace('clause: L1, kind', 'clause: L9, kind');
    expect(problems([...library(POLICY, shared), wrong])).toEqual([
      'rules.0.code: a code in snake case; "Lent"',
      'purposes.0.clause: a declared clause; "L9"',
    ]);
  });
});

describe('who answers for jointly used data', () => {
  it('is a function of group and kind of contract', () => {
    const of = (group: string, kind?: string) =>
      responsibleFor(bundle.policy, group, kind).map(
        ({ clause, party, chosen_by }) => `${clause} ${party} ${chosen_by}`,
      );
    const operator = 'transmission_distribution_operator area';
    expect(of('basic', 'ordinary')).toEqual(['C3-M1 retail_electricity_supplier contract']);
    expect(of('basic', 'island')).toEqual([`C3-M1 ${operator}`]);
    expect(of('basic', 'last_resort')).toEqual([`C3-M1 ${operator}`]);
    expect(of('basic', 'generation')).toEqual(['C3-M1 generation_contractor contract']);
    for (const kind of ['ordinary', 'island', 'last_resort', 'generation']) {
      expect(of('supply_point', kind)).toEqual([`C3-M2 ${operator}`]);
      expect(of('negawatt', kind)).toEqual(['C3-M3 demand_reduction_contractor contract']);
    }
    expect(of('basic')).toEqual([]);
    expect(of('customer', 'ordinary')).toEqual([]);
  });
});
