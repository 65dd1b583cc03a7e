// SPDX-License-Identifier: Apache-2.0
// The kinds of events that lack something or must be refused.
import { complete, type Draw, type Kind, OCCTO, OPERATOR, RETAILER } from './policy-kind.ts';

/** Left open: something is missing, or nobody can say whether it is needed. */
export function incomplete(): Kind[] {
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

export function refused(): Kind[] {
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
