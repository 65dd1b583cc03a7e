// SPDX-License-Identifier: Apache-2.0
// Customer centre: calls, sign-ups, changes, complaints.
import { actors, type SampleTemplate } from './sample-template.ts';

const source = '/sample/customer-desk';
const electricity = { business: 'electricity' };
const callCentre = { recipient: { category: 'call_centre', id: 'callcentre-a' } };

export const customerDesk: SampleTemplate[] = [
  {
    name: 'the call centre answers a customer',
    source,
    weight: 18,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        ...callCentre,
        actor: actors.callCentre(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.phone', 'basic.contract_number'],
        purpose: 'customer_contact',
        refs: { ticket: draw.dated('T'), agreement: 'agr-callcentre-a' },
        lookup: { by: 'number' },
      },
    ],
  },
  {
    name: 'the desk calls back',
    source,
    weight: 10,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'basic.phone', 'customer.contract_details'],
        purpose: 'customer_contact',
        refs: { ticket: draw.dated('T') },
        lookup: { by: 'case' },
      },
    ],
  },
  {
    name: 'a complaint is looked into',
    source,
    weight: 3,
    expected: 'conforming',
    accesses: draw => [
      {
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'basic.email', 'customer.contract_details', 'customer.power_usage'],
        purpose: 'complaint_handling',
        refs: { ticket: draw.dated('T') },
      },
    ],
  },
  {
    name: 'a new customer signs up: collected, then used for the contract',
    source,
    weight: 6,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      const signUp = { ...electricity, actor: actors.desk(draw), subject, purpose: 'contract_conclusion' };
      const refs = { contract, collection_notice: 'CN-2024-04' };
      const asked = ['basic.name', 'basic.address', 'basic.phone', 'basic.email', 'customer.birth_date'];
      return [
        { ...signUp, operation: 'collect', fields: asked, refs },
        { ...signUp, operation: 'use', fields: ['basic.name', 'basic.address', 'customer.age'], refs },
      ];
    },
  },
  {
    name: 'a customer moves: the address is changed on request',
    source,
    weight: 4,
    expected: 'conforming',
    accesses: draw => [
      {
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'update',
        fields: ['basic.address', 'basic.phone'],
        purpose: 'registration_update',
        refs: { request: draw.dated('R') },
      },
    ],
  },
  {
    name: 'a town renames its streets',
    source,
    weight: 1,
    expected: 'conforming',
    accesses: draw => [
      {
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'update',
        fields: ['basic.address'],
        purpose: 'registration_update',
        refs: { administrative_notice: 'AN-2026-031' },
      },
    ],
  },
  {
    name: 'a former customer asks for erasure',
    source,
    weight: 1,
    expected: 'conforming',
    accesses: draw => [
      {
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'erase',
        fields: ['basic.email', 'basic.phone'],
        purpose: 'registration_update',
        refs: { request: draw.dated('R') },
      },
    ],
  },
  {
    name: 'somebody looks a customer up by name, with no ticket',
    source,
    weight: 2,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'basic.address'],
        purpose: 'customer_contact',
        lookup: { by: 'name' },
      },
    ],
  },
  {
    name: 'a form asks for a field the policy does not list',
    source,
    weight: 1,
    expected: 'undetermined',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          actor: actors.desk(draw),
          subject,
          operation: 'use',
          fields: ['basic.name', 'customer.occupation'],
          purpose: 'contract_conclusion',
          refs: { contract },
        },
      ];
    },
  },
  {
    name: 'an address is changed with nothing to show for it',
    source,
    weight: 0.5,
    expected: 'violation',
    accesses: draw => [
      {
        actor: actors.desk(draw),
        subject: draw.customer().subject,
        operation: 'update',
        fields: ['basic.address'],
        purpose: 'registration_update',
      },
    ],
  },
  {
    name: 'a stall at a fair collects addresses without any notice',
    source,
    weight: 0.4,
    expected: 'violation',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          actor: actors.desk(draw),
          subject,
          operation: 'collect',
          fields: ['basic.name', 'basic.phone'],
          purpose: 'contract_conclusion',
          refs: { contract },
        },
      ];
    },
  },
];
