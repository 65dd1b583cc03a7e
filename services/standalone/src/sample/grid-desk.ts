// SPDX-License-Identifier: Apache-2.0
// Supply: switching, network operators, meters, outages, demand reduction.
import { actors, type Draw, type SampleTemplate } from './sample-template.ts';

const source = '/sample/grid-desk';
const electricity = { business: 'electricity' };
const operator = (draw: Draw) => {
  const area = draw.pick(['tokyo', 'kansai'] as const);
  return { recipient: { category: 'transmission_distribution_operator', id: `tdso-${area}`, area } };
};

export const gridDesk: SampleTemplate[] = [
  {
    name: 'a customer switches to another retailer',
    source,
    weight: 4,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      const refs = { switching_request: `SW-${draw.between(1000, 1400)}`, contract };
      const switching = {
        ...electricity,
        actor: actors.exchange(),
        subject,
        purpose: 'switching_termination',
        refs,
      };
      return [
        {
          ...switching,
          operation: 'provide',
          fields: ['basic.name', 'basic.contract_number', 'supply_point.supply_point_id'],
          recipient: { category: 'retail_electricity_supplier', id: draw.pick(['retailer-a', 'retailer-b']) },
        },
        {
          ...switching,
          ...operator(draw),
          operation: 'provide',
          fields: ['supply_point.supply_point_id', 'supply_point.contract_change_date'],
        },
      ];
    },
  },
  {
    name: 'a wheeling contract is made with the network operator',
    source,
    weight: 4,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          ...operator(draw),
          actor: actors.grid(draw),
          subject,
          operation: 'provide',
          fields: [
            'basic.name',
            'basic.address',
            'supply_point.supply_point_id',
            'supply_point.wheeling_capacity',
          ],
          purpose: 'wheeling_contract',
          refs: { contract },
        },
      ];
    },
  },
  {
    name: 'a supply point is confirmed with the coordinator',
    source,
    weight: 3,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          actor: actors.exchange(),
          subject,
          operation: 'provide',
          fields: ['supply_point.supply_point_id', 'supply_point.contract_status'],
          purpose: 'supply_point_confirmation',
          recipient: { category: 'occto', id: 'occto' },
          refs: { contract },
        },
      ];
    },
  },
  {
    name: 'a meter is exchanged by the network operator',
    source,
    weight: 4,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        ...operator(draw),
        actor: actors.grid(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['supply_point.supply_point_id', 'supply_point.meter_info', 'supply_point.service_pole_no'],
        purpose: 'network_operations',
        refs: { work_order: draw.dated('WO') },
      },
    ],
  },
  {
    name: 'a contractor installs equipment',
    source,
    weight: 3,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.field(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.address', 'supply_point.grid_equipment'],
        purpose: 'equipment_management',
        recipient: { category: 'construction_contractor', id: 'construction-b' },
        refs: { work_order: draw.dated('WO'), agreement: 'agr-construction-b' },
      },
    ],
  },
  {
    name: 'an outage is investigated, house by house',
    source,
    weight: 2,
    expected: 'conforming',
    accesses(draw) {
      const of = draw.between(2, 5);
      const operation_id = draw.dated('OUT');
      const actor = actors.field(draw);
      return Array.from({ length: of }, (_, i) => ({
        ...electricity,
        actor,
        subject: draw.customer().subject,
        part: { operation_id, index: i + 1, of },
        operation: 'use' as const,
        fields: ['basic.address', 'supply_point.supply_point_id', 'supply_point.meter_info'],
        purpose: 'outage_investigation',
        refs: { incident: 'INC-2026-118' },
      }));
    },
  },
  {
    name: 'the network operator is told who is without power',
    source,
    weight: 2,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        ...operator(draw),
        actor: actors.grid(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.phone', 'supply_point.supply_point_id'],
        purpose: 'outage_investigation',
        refs: { incident: 'INC-2026-118' },
      },
    ],
  },
  {
    name: 'a reduced demand is settled',
    source,
    weight: 2,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.exchange(),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'negawatt.demand_reduced', 'negawatt.baseline'],
        purpose: 'negawatt_trading',
        recipient: { category: 'demand_reduction_contractor', id: 'drc-a' },
        refs: { negawatt_contract: `NW-${draw.between(10, 60)}` },
      },
    ],
  },
  {
    name: 'the charge on a producer is calculated',
    source,
    weight: 1,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          ...operator(draw),
          actor: actors.grid(draw),
          subject,
          operation: 'provide',
          fields: ['basic.name', 'basic.fit_start_ym', 'supply_point.supply_point_id'],
          purpose: 'generation_side_charge',
          refs: { contract },
        },
      ];
    },
  },
  {
    name: 'an outage is given as the reason, and no incident',
    source,
    weight: 1,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.field(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'basic.address'],
        purpose: 'outage_investigation',
      },
    ],
  },
  {
    name: 'the new retailer is given the power usage too',
    source,
    weight: 0.5,
    expected: 'violation',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.grid(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'customer.power_usage'],
        purpose: 'switching_termination',
        recipient: { category: 'retail_electricity_supplier', id: 'retailer-b' },
        refs: { switching_request: `SW-${draw.between(1000, 1400)}` },
      },
    ],
  },
  {
    name: "another area's operator is told",
    source,
    weight: 0.4,
    expected: 'violation',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.grid(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['supply_point.supply_point_id'],
        purpose: 'network_operations',
        recipient: { category: 'transmission_distribution_operator', id: 'tdso-kansai', area: 'tokyo' },
        refs: { work_order: draw.dated('WO') },
      },
    ],
  },
  {
    name: 'a contractor whose agreement has ended is sent out',
    source,
    weight: 0.4,
    expected: 'violation',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.field(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.address'],
        purpose: 'equipment_management',
        recipient: { category: 'construction_contractor', id: 'construction-a' },
        refs: { work_order: draw.dated('WO'), agreement: 'agr-construction-a' },
      },
    ],
  },
];
