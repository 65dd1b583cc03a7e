// SPDX-License-Identifier: Apache-2.0
// Records for the tests of the page: the same list on every run, in every state the page must show.
import type { RecordView, VerdictView } from '@ashiato/schema';

/** The moment that the tests call "now": 2026-11-20 12:00 in Tokyo. */
export const NOW = Date.parse('2026-11-20T12:00:00+09:00');
const HASH = '3f9ad0c1'.repeat(8);

type Outcome = 'conforming' | 'undetermined' | 'violation';
type Finding = VerdictView['findings'][number];

/** purpose, its fields, actor, role, share of records, [undetermined, violation] per thousand */
const HABITS: [string, string[], string, string, number, [number, number]][] = [
  [
    'billing',
    ['basic.name', 'basic.contract_number', 'customer.power_usage'],
    'svc-billing',
    'billing',
    30,
    [0, 0],
  ],
  [
    'customer_contact',
    ['basic.name', 'basic.phone', 'customer.contract_details'],
    'e-1042',
    'call_centre',
    22,
    [90, 0],
  ],
  [
    'service_provision',
    ['basic.name', 'basic.address', 'supply_point.supply_point_id'],
    'e-0311',
    'operations',
    14,
    [30, 0],
  ],
  ['direct_marketing', ['basic.name', 'basic.email', 'customer.age'], 'e-2207', 'marketing', 9, [120, 60]],
  [
    'equipment_management',
    ['basic.address', 'supply_point.meter_info', 'supply_point.current_limit'],
    'e-0450',
    'field',
    6,
    [0, 0],
  ],
  [
    'switching_termination',
    ['basic.name', 'basic.contract_number', 'supply_point.supply_point_id', 'supply_point.contract_status'],
    'svc-switching',
    'switching',
    6,
    [0, 40],
  ],
  ['debt_recovery', ['basic.name', 'basic.address', 'basic.phone'], 'e-0712', 'collections', 4, [200, 0]],
  [
    'outage_investigation',
    ['basic.address', 'supply_point.service_area', 'supply_point.service_pole_no'],
    'e-0455',
    'field',
    3,
    [0, 0],
  ],
  [
    'negawatt_trading',
    ['negawatt.demand_reduced', 'negawatt.baseline'],
    'svc-negawatt',
    'trading',
    3,
    [0, 0],
  ],
  ['registration_update', ['basic.address'], 'e-1044', 'call_centre', 2, [100, 0]],
  [
    'affiliate_campaign',
    ['basic.name', 'basic.email', 'customer.household_size'],
    'e-2207',
    'marketing',
    1,
    [0, 1000],
  ],
];

const SENTENCES: Record<Outcome, Omit<Finding, 'about' | 'clauses'>> = {
  conforming: {
    code: 'own_purpose_allowed',
    mode: 'both',
    ja: 'この利用目的はポリシーに掲げられており、項目はその目的に必要な範囲にあります。',
    en: 'The policy lists this purpose, and the field is within what the purpose needs.',
  },
  undetermined: {
    code: 'reference_missing',
    mode: 'strict',
    ja: 'この利用目的に必要な参照(受付番号など)が記載されていないため、判断できません。',
    en: 'The reference that this purpose needs (such as a ticket) is not stated, so this cannot be decided.',
  },
  violation: {
    code: 'purpose_in_no_clause',
    mode: 'both',
    ja: 'この利用は、ポリシーのどの条項でも認められていません。',
    en: 'No clause of the policy allows this use.',
  },
};

/** Numbers between 0 and 1 from a fixed seed (a linear congruential generator), so that runs can be compared. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function verdictFor(outcome: Outcome, field: string): VerdictView {
  const clauses = outcome === 'violation' ? ['C3-G1'] : ['C2-P03', 'C2-B01'];
  return {
    outcome,
    strict: outcome,
    literal: outcome === 'undetermined' ? 'conforming' : outcome,
    policy: { id: 'astmax-energy', version: '2024-04-01', sha256: HASH, source_sha256: HASH },
    findings: [{ ...SENTENCES[outcome], about: field, clauses }],
  };
}

const NO_EVENT = {
  source: '',
  source_epoch: '',
  sequence: null,
  actor: '',
  actor_type: '',
  org: '',
  role: '',
  subject: '',
  population: 0,
  operation: '',
  form: '',
  fields: [],
  purpose: '',
  parent_purpose: '',
  business: '',
  parent_business: '',
  channel: '',
  recipient: '',
  recipient_id: '',
  refs: {},
  outcome: '',
  verdict: null,
  delivery: 'new',
  counted: true,
  marks: [],
  unreadable: '',
} satisfies Partial<RecordView>;

function position(
  offset: number,
  minutesAgo: number,
): Pick<
  RecordView,
  'id' | 'stream' | 'partition' | 'offset' | 'appended_at' | 'time' | 'type' | 'event_id' | 'segment'
> {
  const at = NOW - Math.round(minutesAgo * 60_000);
  return {
    id: `access.0.${offset}`,
    stream: 'access',
    partition: 0,
    offset,
    appended_at: new Date(at + 700).toISOString(),
    time: new Date(at).toISOString(),
    type: 'io.ashiato.access.v1',
    event_id: `0197c1de-8f00-7000-8000-${String(offset).padStart(12, '0')}`,
    segment: `segments/access/00000/${String(offset - (offset % 50)).padStart(20, '0')}.jsonl.zst`,
  };
}

function drawHabit(draw: number): (typeof HABITS)[number] {
  let passed = 0;
  for (const habit of HABITS) {
    passed += habit[4];
    if (draw < passed) return habit;
  }
  return HABITS[0]!;
}

function accessRecord(offset: number, minutesAgo: number, dice: () => number): RecordView {
  const [purpose, fields, actor, role, , [undetermined, violation]] = drawHabit(dice() * 100);
  const luck = dice() * 1000;
  const outcome =
    luck < violation ? 'violation' : luck < violation + undetermined ? 'undetermined' : 'conforming';
  return {
    ...NO_EVENT,
    ...position(offset, minutesAgo),
    source: offset % 3 === 0 ? '/crm/desk-2' : '/sample/customer-desk',
    source_epoch: '1',
    sequence: offset,
    actor,
    actor_type: actor.startsWith('svc') ? 'service' : 'user',
    org: 'retail',
    role,
    subject: `s1.${Math.floor(dice() * 1e15)
      .toString(36)
      .padStart(11, 'q')}q7Xk2`,
    operation: purpose === 'registration_update' ? 'update' : 'use',
    form: 'identified',
    fields,
    purpose,
    business: 'electricity',
    channel: '',
    refs: outcome === 'undetermined' ? {} : { contract: `c1.${offset}hQ`, ticket: `T-${20_000 + offset}` },
    recipient: purpose === 'affiliate_campaign' ? 'affiliate' : '',
    outcome: 'success',
    verdict: verdictFor(outcome, fields[0]!),
  };
}

/** Newest first: `count` records over seven days, the last ones today; among them every special kind. */
export function sampleRecords(count: number): RecordView[] {
  const dice = createDice(20_261_120);
  const records = Array.from({ length: count }, (_, age) =>
    accessRecord(count - age + 10, 3 + age ** 1.35, dice),
  );
  records[2] = { ...records[2]!, delivery: 'redelivery', counted: false };
  records[4] = { ...NO_EVENT, ...position(records[4]!.offset, 7), type: '', unreadable: 'not_json' };
  records[6] = { ...NO_EVENT, ...position(records[6]!.offset, 10), type: 'io.ashiato.beacon.v1' };
  records[8] = { ...records[8]!, marks: ['past_time'], subject: '', population: 1250, form: 'statistical' };
  return records;
}
