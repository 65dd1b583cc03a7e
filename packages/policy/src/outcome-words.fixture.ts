// SPDX-License-Identifier: Apache-2.0
// Words, cells and registers of the first policy, written down a second time from the design for the table by hand.
import type { Outcome } from './verdict.ts';

export const C = 'conforming';
export const U = 'undetermined';
export const V = 'violation';
export type Pair = readonly [literal: Outcome, strict: Outcome];

export const OWN =
  'contract_conclusion service_provision billing debt_recovery equipment_management rights_acquisition product_development direct_marketing customer_contact market_research outage_investigation incidental'.split(
    ' ',
  );
export const JOINT =
  'wheeling_contract switching_termination supply_point_confirmation network_operations negawatt_trading generation_side_charge'.split(
    ' ',
  );
export const DESK = ['complaint_handling', 'registration_update', 'audit_review'];
export const BUSINESSES =
  'electricity power_trading generation_and_supply heat_supply transmission_distribution green_certificates energy_saving_consulting distributed_generation_equipment electrical_machinery toll_processing renewable_energy incidental_business'.split(
    ' ',
  );
export const R = [
  'retail_electricity_supplier',
  'transmission_distribution_operator',
  'occto',
  'demand_reduction_contractor',
];
export const KIND: Record<string, string[]> = {
  financial_institution: ['billing', 'debt_recovery'],
  credit_card_company: ['billing', 'debt_recovery'],
  call_centre: ['customer_contact', 'complaint_handling'],
  delivery_company: ['service_provision', 'direct_marketing'],
  construction_contractor: ['equipment_management', 'outage_investigation'],
};
export const G1 = 'name address phone email contract_number fit_start_ym fit_end_ym'
  .split(' ')
  .map(f => `basic.${f}`);
export const G2 =
  'service_area island_tariff supply_point_id wheeling_capacity current_limit connection_menu power_factor supply_method capacity_method meter_info service_pole_no grid_equipment contract_change_date meter_reading_date contract_status termination_measure'
    .split(' ')
    .map(f => `supply_point.${f}`);
export const G3 = 'gen_sales_volume demand_procured demand_reduced baseline'
  .split(' ')
  .map(f => `negawatt.${f}`);
export const CUSTOMER = 'age birth_date contract_details power_usage'.split(' ').map(f => `customer.${f}`);
export const LISTED = [...G1, ...G2, ...G3, ...CUSTOMER];
/** Strict joint use: rows J1-J6, columns R1-R4. */
export const CELLS: Record<string, string[]> = {
  wheeling_contract: ['.', 'G1 G2', 'G1 G2', '.'],
  switching_termination: ['G1 G2', 'G1 G2', 'G1 G2', '.'],
  supply_point_confirmation: ['G1 G2', 'G1 G2', 'G1 G2', '.'],
  network_operations: ['V', 'G1 G2', 'V', 'V'],
  negawatt_trading: ['.', 'G1 G3', 'G1 G3', 'G1 G3'],
  generation_side_charge: ['G1 G2', 'G1 G2', '.', '.'],
};
export const PARTNERS: Record<string, string> = {
  'retailer-a': R[0]!,
  'retailer-b': R[0]!,
  'tdso-tokyo': R[1]!,
  'tdso-kansai': R[1]!,
  occto: R[2]!,
  'drc-a': R[3]!,
  'bank-a': 'financial_institution',
  'card-a': 'credit_card_company',
  'callcentre-a': 'call_centre',
  'callcentre-b': 'call_centre',
  'delivery-a': 'delivery_company',
  'construction-a': 'construction_contractor',
  'construction-b': 'construction_contractor',
  'printing-a': 'other_entrustee',
  'parent-a': 'parent_company',
  'agent-a': 'sales_agent',
};
export const START = Date.parse('2024-04-01T00:00:00+09:00');
export const END = Date.parse('2027-04-01T00:00:00+09:00');
export const ENDS: Record<string, number> = Object.fromEntries(
  [
    'bank-a',
    'card-a',
    'callcentre-a',
    'callcentre-b',
    'delivery-a',
    'construction-b',
    'printing-a',
    'agent-a',
  ].map(p => [`agr-${p}`, END]),
);
ENDS['agr-construction-a'] = Date.parse('2025-10-01T00:00:00+09:00');
