// SPDX-License-Identifier: Apache-2.0
// What the kinds of events of the policy benchmark are made of.

/** One kind of access: how many in 10,000, and the members of `data` that make it. */
export interface Kind {
  what: string;
  weight: number;
  make(draw: Draw): Record<string, unknown>;
}

export interface Draw {
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  /** Some fields of these groups, as a screen shows them: mostly one of a few fixed sets, sometimes any. */
  fields(...groups: string[]): string[];
}

export const OPERATOR = { category: 'transmission_distribution_operator', id: 'tdso-tokyo', area: 'tokyo' };
export const RETAILER = { category: 'retail_electricity_supplier', id: 'retailer-a' };
export const OCCTO = { category: 'occto', id: 'occto' };
export const CONTRACTOR = { category: 'demand_reduction_contractor', id: 'drc-a' };

export const BASIC = ['basic.'];
export const CONTRACT = ['basic.', 'customer.contract_details'];
export const SUPPLY = ['basic.', 'supply_point.'];
export const NEGAWATT = ['basic.', 'negawatt.'];

/** What a purpose needs, as its services give it. */
export const NEEDS: Record<string, { groups: string[]; refs?: string; members?: (draw: Draw) => object }> = {
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

/** An access that has what its purpose needs. */
export function complete(
  draw: Draw,
  purpose: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
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
