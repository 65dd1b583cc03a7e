// SPDX-License-Identifier: Apache-2.0
// The kinds of events that a trail sees day by day, and how often each comes.
import type { PolicyBundle } from '@ashiato/policy';
import { incomplete, refused } from './policy-fault-kinds.ts';
import {
  CONTRACT,
  CONTRACTOR,
  complete,
  type Draw,
  type Kind,
  OCCTO,
  OPERATOR,
  RETAILER,
} from './policy-kind.ts';

export function kindsOf(bundle: PolicyBundle): Kind[] {
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
