// SPDX-License-Identifier: Apache-2.0
// Events as a trail of the first policy's trade holds them: every operation, category of recipients and verdict, as
// often as one would expect in a year of an electricity retailer. Invented, deterministic.
import type { PolicyBundle } from '@ashiato/policy';

/** One kind of access: how many in 10,000, and the members of `data` that make it. */
interface Kind {
  what: string;
  weight: number;
  make(draw: Draw): Record<string, unknown>;
}

interface Draw {
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  /** Some fields of these groups, as a screen shows them: mostly one of a few fixed sets, sometimes any. */
  fields(...groups: string[]): string[];
}

export interface PolicyMix {
  texts: string[];
  /** Kinds with their share, most frequent first. */
  kinds: { what: string; share: number }[];
}

/** `count` events as texts; equal numbers give equal events. */
export function policyMix(count: number, bundle: PolicyBundle): PolicyMix {
  const random = mulberry(20_260_602);
  const kinds = kindsOf(bundle);
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const draw = createDraw(random, bundle);
  const made = new Map<string, number>();
  const texts = Array.from({ length: count }, (_, n) => {
    const kind = chosen(kinds, random() * total);
    made.set(kind.what, (made.get(kind.what) ?? 0) + 1);
    return eventText(n, kind.make(draw), draw);
  });
  const shares = [...made].map(([what, events]) => ({ what, share: events / count }));
  return { texts, kinds: shares.sort((a, b) => b.share - a.share) };
}

function chosen(kinds: readonly Kind[], at: number): Kind {
  let left = at;
  for (const kind of kinds) {
    if (left < kind.weight) return kind;
    left -= kind.weight;
  }
  return kinds.at(-1)!;
}

function createDraw(random: () => number, { policy }: PolicyBundle): Draw {
  const below = (n: number) => Math.floor(random() * n);
  const anyOf = (ids: readonly string[], most: number) => {
    const left = [...ids];
    return Array.from(
      { length: Math.min(1 + below(most), ids.length) },
      () => left.splice(below(left.length), 1)[0]!,
    );
  };
  const screens = new Map<string, string[][]>();
  return {
    below,
    pick: list => list[below(list.length)]!,
    fields(...groups) {
      const ids = policy.fields.map(({ id }) => id).filter(id => groups.some(group => id.startsWith(group)));
      if (below(5) === 0) return anyOf(ids, 8);
      const key = groups.join();
      const known = screens.get(key) ?? Array.from({ length: 8 }, () => anyOf(ids, 6));
      screens.set(key, known);
      return known[below(known.length)]!;
    },
  };
}

function eventText(n: number, { time, ...data }: Record<string, unknown>, draw: Draw): string {
  const source = `/desk/${n % 48}`;
  const at = new Date(Date.UTC(2026, 3, 1) + draw.below(180 * 86_400_000)).toISOString();
  const customer = `K-${1000 + draw.below(60_000)}`;
  return JSON.stringify({
    specversion: '1.0',
    id: `01981f2a-7c00-7${String(n).padStart(3, '0').slice(-3)}-8a2b-${String(n).padStart(12, '0')}`,
    source,
    type: 'io.ashiato.access.v1',
    time: time ?? at,
    datacontenttype: 'application/json',
    sequence: String(n + 1),
    sourceepoch: '1',
    partitionkey: `${source}#1`,
    data: {
      actor: {
        id: `E-${draw.below(400)}`,
        type: 'user',
        org: 'own',
        role: draw.pick(['desk', 'billing', 'grid']),
        session: `S${draw.below(5000)}`,
      },
      subject: { ref: customer },
      ...data,
      outcome: 'success',
    },
  });
}

/** Mulberry32: 32 bits of state are plenty for a mix. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), 1 | state);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
    return ((hash ^ (hash >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const BASIC = ['basic.'];
const CONTRACT = ['basic.', 'customer.contract_details'];
const SUPPLY = ['basic.', 'supply_point.'];
const NEGAWATT = ['basic.', 'negawatt.'];

/** What a purpose needs, as its services give it. */
const NEEDS: Record<string, { groups: string[]; refs?: string; members?: (draw: Draw) => object }> = {
  contract_conclusion: { groups: [...CONTRACT, 'customer.birth_date'], refs: 'contract' },
  service_provision: { groups: [...CONTRACT, 'customer.power_usage', 'supply_point.'], refs: 'contract' },
  billing: { groups: [...CONTRACT, 'customer.power_usage'], refs: 'billing_period' },
  debt_recovery: { groups: CONTRACT, refs: 'debt' },
  equipment_management: { groups: SUPPLY, refs: 'work_order' },
  rights_acquisition: { groups: CONTRACT, refs: 'right' },
  product_development: { groups: ['customer.', 'supply_point.'] },
  direct_marketing: {
    groups: BASIC,
    refs: 'campaign',
    members: draw => ({ channel: draw.pick(['mail', 'email', 'phone', 'visit']) }),
  },
  customer_contact: { groups: CONTRACT, refs: 'ticket' },
  market_research: {
    groups: ['customer.', 'supply_point.'],
    members: draw => ({
      part: { operation_id: `op-${draw.below(90)}`, index: 1 + draw.below(500), of: 500 },
    }),
  },
  outage_investigation: { groups: SUPPLY, refs: 'incident' },
  wheeling_contract: { groups: SUPPLY, refs: 'contract' },
  switching_termination: { groups: SUPPLY, refs: 'switching_request' },
  supply_point_confirmation: { groups: SUPPLY, refs: 'contract' },
  network_operations: { groups: SUPPLY, refs: 'work_order' },
  negawatt_trading: { groups: NEGAWATT, refs: 'negawatt_contract' },
  generation_side_charge: { groups: SUPPLY, refs: 'contract' },
};

function kindsOf(bundle: PolicyBundle): Kind[] {
  return [
    ...ownUse(bundle),
    ...deskUse(),
    ...entrusted(),
    ...jointUse(),
    ...others(),
    ...incomplete(),
    ...refused(),
  ];
}

/** An access that has what its purpose needs. */
function complete(draw: Draw, purpose: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { groups, refs, members } = NEEDS[purpose]!;
  const { refs: others, ...rest } = more;
  return {
    operation: 'use',
    fields: draw.fields(...groups),
    purpose,
    business:
      draw.below(20) === 0 ? draw.pick(['renewable_energy', 'power_trading', 'heat_supply']) : 'electricity',
    ...members?.(draw),
    refs: { ...(refs ? { [refs]: `R-${draw.below(90_000)}` } : {}), ...(others as object) },
    ...rest,
  };
}

function ownUse({ policy }: PolicyBundle): Kind[] {
  const weights: Record<string, number> = {
    contract_conclusion: 500,
    service_provision: 1300,
    billing: 2300,
    debt_recovery: 300,
    equipment_management: 250,
    rights_acquisition: 30,
    product_development: 60,
    direct_marketing: 400,
    customer_contact: 900,
    market_research: 60,
    outage_investigation: 150,
  };
  const own = policy.purposes.filter(({ id }) => weights[id] !== undefined);
  return [
    ...own.map(({ id }) => ({
      what: `own use: ${id}`,
      weight: weights[id]!,
      make: (draw: Draw) => complete(draw, id),
    })),
    {
      what: 'own use: incidental to another purpose',
      weight: 50,
      make: draw => {
        const parent_purpose = draw.pick(['billing', 'customer_contact']);
        return complete(draw, parent_purpose, { purpose: 'incidental', parent_purpose });
      },
    },
  ];
}

function deskUse(): Kind[] {
  const desk = (purpose: string, ref: string, weight: number): Kind => ({
    what: `desk: ${purpose}`,
    weight,
    make: draw => ({
      operation: 'use',
      fields: draw.fields('basic.', 'customer.'),
      purpose,
      refs: { [ref]: `T-${draw.below(9000)}` },
    }),
  });
  return [
    desk('complaint_handling', 'ticket', 150),
    desk('registration_update', 'request', 60),
    desk('audit_review', 'order', 60),
  ];
}

function entrusted(): Kind[] {
  const to = (category: string, partner: string, purposes: string[], weight: number): Kind => ({
    what: `entrusted: ${category}`,
    weight,
    make: draw =>
      complete(draw, draw.pick(purposes), {
        operation: 'provide',
        recipient: { category, id: partner },
        refs: { agreement: `agr-${partner}` },
      }),
  });
  return [
    to('call_centre', 'callcentre-a', ['customer_contact'], 1000),
    to('financial_institution', 'bank-a', ['billing', 'debt_recovery'], 350),
    to('credit_card_company', 'card-a', ['billing', 'debt_recovery'], 150),
    to('delivery_company', 'delivery-a', ['service_provision', 'direct_marketing'], 60),
    to('construction_contractor', 'construction-b', ['equipment_management', 'outage_investigation'], 120),
    to('other_entrustee', 'printing-a', ['billing'], 20),
  ];
}

const OPERATOR = { category: 'transmission_distribution_operator', id: 'tdso-tokyo', area: 'tokyo' };
const RETAILER = { category: 'retail_electricity_supplier', id: 'retailer-a' };
const OCCTO = { category: 'occto', id: 'occto' };
const CONTRACTOR = { category: 'demand_reduction_contractor', id: 'drc-a' };

function jointUse(): Kind[] {
  const share = (purpose: string, recipients: object[], weight: number): Kind => ({
    what: `joint use: ${purpose}`,
    weight,
    make: draw => complete(draw, purpose, { operation: 'provide', recipient: draw.pick(recipients) }),
  });
  return [
    share('wheeling_contract', [OPERATOR, OCCTO], 200),
    share('switching_termination', [RETAILER, OPERATOR, OCCTO], 250),
    share('supply_point_confirmation', [RETAILER, OPERATOR, OCCTO], 200),
    share('network_operations', [OPERATOR], 150),
    share('negawatt_trading', [OPERATOR, OCCTO, CONTRACTOR], 30),
    share('generation_side_charge', [RETAILER, OPERATOR], 20),
    share('outage_investigation', [OPERATOR], 60),
    share('service_provision', [OPERATOR], 40),
  ];
}

function others(): Kind[] {
  const transform = (draw: Draw) => ({ form: 'statistical', refs: { transform: `TF-${draw.below(20)}` } });
  const many = (draw: Draw) => ({ population: { count: 10 + draw.below(5000) } });
  const bare = (draw: Draw, operation: string, refs: object = {}) => ({
    ...complete(draw, 'contract_conclusion'),
    operation,
    refs: { contract: `C-${draw.below(9000)}`, ...refs },
  });
  return [
    {
      what: 'collected with notice',
      weight: 150,
      make: draw => bare(draw, 'collect', { collection_notice: 'CN-1' }),
    },
    { what: 'updated on request', weight: 200, make: draw => bare(draw, 'update', { request: 'RQ-1' }) },
    {
      what: 'address updated after a notice',
      weight: 10,
      make: draw => ({
        ...bare(draw, 'update', { administrative_notice: 'AN-1' }),
        fields: ['basic.address'],
      }),
    },
    { what: 'erased on request', weight: 20, make: draw => bare(draw, 'erase', { request: 'RQ-1' }) },
    { what: 'received', weight: 10, make: draw => bare(draw, 'receive') },
    {
      what: 'statistics used',
      weight: 40,
      make: draw => ({ ...complete(draw, 'product_development'), ...transform(draw), ...many(draw) }),
    },
    {
      what: 'statistics provided',
      weight: 10,
      make: draw => ({
        ...complete(draw, 'product_development'),
        ...transform(draw),
        ...many(draw),
        operation: 'provide',
        recipient: { category: 'statistics_recipient' },
      }),
    },
    {
      what: 'parent company with consent',
      weight: 10,
      make: draw =>
        complete(draw, 'service_provision', {
          operation: 'provide',
          recipient: { category: 'parent_company', id: 'parent-a' },
          refs: { consent: `CS-${draw.below(900)}` },
        }),
    },
    {
      what: 'sales agent',
      weight: 60,
      make: draw =>
        complete(draw, 'contract_conclusion', {
          operation: 'provide',
          fields: draw.fields(...CONTRACT),
          recipient: { category: 'sales_agent', id: 'agent-a' },
          refs: { agreement: 'agr-agent-a' },
        }),
    },
  ];
}

/** Left open: something is missing, or nobody can say whether it is needed. */
function incomplete(): Kind[] {
  const own = ['billing', 'service_provision', 'customer_contact', 'debt_recovery', 'contract_conclusion'];
  const kind = (what: string, weight: number, make: Kind['make']): Kind => ({ what, weight, make });
  return [
    kind('no reference', 250, draw => ({ ...complete(draw, draw.pick(own)), refs: {} })),
    kind('field not needed', 120, draw => {
      const event = complete(draw, draw.pick(['billing', 'debt_recovery', 'customer_contact']));
      return {
        ...event,
        fields: [...(event.fields as string[]), draw.pick(['customer.age', 'customer.birth_date'])],
      };
    }),
    kind('no business', 40, draw => ({ ...complete(draw, draw.pick(own)), business: undefined })),
    kind('field that no list holds', 30, draw => {
      const event = complete(draw, draw.pick(own));
      return {
        ...event,
        fields: [
          ...(event.fields as string[]),
          draw.pick(['income', 'basic.fax', 'customer.memo', 'basic.kana']),
        ],
      };
    }),
    kind('incidental to nothing', 15, draw => complete(draw, 'billing', { purpose: 'incidental' })),
    kind('research on one person', 20, draw => ({ ...complete(draw, 'market_research'), part: undefined })),
    kind('another channel', 10, draw => ({ ...complete(draw, 'direct_marketing'), channel: 'sms' })),
    kind('entrusted for another purpose', 20, draw =>
      complete(draw, 'direct_marketing', {
        operation: 'provide',
        recipient: { category: 'call_centre', id: 'callcentre-a' },
        refs: { agreement: 'agr-callcentre-a' },
      }),
    ),
    kind('operator without an area', 15, draw =>
      complete(draw, 'wheeling_contract', {
        operation: 'provide',
        recipient: { ...OPERATOR, area: undefined },
      }),
    ),
    kind('joint use of a group not needed', 20, draw =>
      complete(draw, 'wheeling_contract', {
        operation: 'provide',
        recipient: OCCTO,
        fields: draw.fields('supply_point.', 'negawatt.'),
      }),
    ),
    kind('statistics of few', 10, draw => ({
      ...complete(draw, 'product_development'),
      form: 'statistical',
      refs: { transform: 'TF-1' },
      population: { count: draw.below(10) },
    })),
    kind('before the policy, or at no time', 5, draw => ({
      ...complete(draw, 'billing'),
      time: draw.pick(['2023-11-01T09:00:00+09:00', '2026/06/01']),
    })),
  ];
}

function refused(): Kind[] {
  const given = (draw: Draw, purpose: string, recipient: object, refs: object = {}) =>
    complete(draw, purpose, { operation: 'provide', recipient, refs });
  const kind = (what: string, weight: number, make: Kind['make']): Kind => ({ what, weight, make });
  return [
    kind('agreement ended', 15, draw =>
      given(
        draw,
        'equipment_management',
        { category: 'construction_contractor', id: 'construction-a' },
        { agreement: 'agr-construction-a' },
      ),
    ),
    kind('agreement without secrecy', 10, draw =>
      given(
        draw,
        'customer_contact',
        { category: 'call_centre', id: 'callcentre-b' },
        { agreement: 'agr-callcentre-b' },
      ),
    ),
    kind('partner in no register', 10, draw =>
      given(draw, 'switching_termination', {
        category: 'retail_electricity_supplier',
        id: `retailer-${draw.below(50)}`,
      }),
    ),
    kind('joint use of a field outside the groups', 15, draw => ({
      ...given(draw, 'switching_termination', RETAILER),
      fields: draw.fields('customer.'),
    })),
    kind('purpose in no clause', 10, draw => ({
      ...complete(draw, 'billing'),
      purpose: draw.pick(['selling', 'credit_scoring']),
    })),
    kind('affiliate', 5, draw =>
      given(draw, 'product_development', { category: 'affiliate', id: 'sister-a' }),
    ),
    kind('another third party', 2, draw =>
      given(draw, 'billing', { category: 'other_third_party', id: 'x' }),
    ),
    kind('joint user for our own purpose', 5, draw => given(draw, 'billing', RETAILER)),
    kind('collected without notice', 5, draw => ({
      ...complete(draw, 'contract_conclusion'),
      operation: 'collect',
    })),
    kind("another operator's area", 5, draw =>
      given(draw, 'network_operations', { ...OPERATOR, area: 'kansai' }),
    ),
    kind('recipient of no category', 3, draw => given(draw, 'billing', { category: 'neighbour' })),
    kind('updated beyond a notice', 3, draw => ({
      ...complete(draw, 'contract_conclusion'),
      operation: 'update',
      fields: ['basic.name', 'basic.phone'],
      refs: { administrative_notice: 'AN-1' },
    })),
    kind('statistics in which persons can be recognised', 2, draw =>
      given(draw, 'product_development', { category: 'statistics_recipient' }),
    ),
    kind("the operator's own work, elsewhere", 2, draw => given(draw, 'network_operations', OCCTO)),
    kind('parent company without consent', 5, draw =>
      given(draw, 'service_provision', { category: 'parent_company', id: 'parent-a' }),
    ),
  ];
}
