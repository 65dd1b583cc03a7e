// SPDX-License-Identifier: Apache-2.0
// Billing: the monthly run, banks and cards, what is sent out, what is not paid.
import { actors, type SampleTemplate } from './sample-template.ts';

const source = '/sample/billing';
const electricity = { business: 'electricity' };

export const billing: SampleTemplate[] = [
  {
    name: 'a slice of the monthly run',
    source,
    weight: 5,
    expected: 'conforming',
    accesses(draw) {
      const of = draw.between(3, 8);
      const operation_id = draw.dated('RUN');
      return Array.from({ length: of }, (_, i) => ({
        ...electricity,
        actor: actors.billingRun(),
        subject: draw.customer().subject,
        part: { operation_id, index: i + 1, of },
        operation: 'use' as const,
        fields: ['basic.name', 'basic.contract_number', 'customer.contract_details', 'customer.power_usage'],
        purpose: 'billing',
        refs: { billing_period: draw.month() },
        lookup: { by: 'list' as const },
      }));
    },
  },
  {
    name: 'a clerk explains a bill',
    source,
    weight: 6,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.billing(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'customer.contract_details', 'customer.power_usage'],
        purpose: 'billing',
        refs: { billing_period: draw.month() },
      },
    ],
  },
  {
    name: 'the bank collects by direct debit',
    source,
    weight: 5,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          actor: actors.billingRun(),
          subject,
          operation: 'provide',
          fields: ['basic.name', 'basic.contract_number'],
          purpose: 'billing',
          recipient: { category: 'financial_institution', id: 'bank-a' },
          refs: { contract, agreement: 'agr-bank-a' },
        },
      ];
    },
  },
  {
    name: 'an unpaid bill goes to the card company',
    source,
    weight: 2,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.billing(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.contract_number'],
        purpose: 'debt_recovery',
        recipient: { category: 'credit_card_company', id: 'card-a' },
        refs: { debt: `D-${draw.between(100, 180)}`, agreement: 'agr-card-a' },
      },
    ],
  },
  {
    name: 'a reminder is prepared',
    source,
    weight: 3,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.billing(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'basic.address', 'basic.phone'],
        purpose: 'debt_recovery',
        refs: { debt: `D-${draw.between(100, 180)}` },
      },
    ],
  },
  {
    name: 'bills are printed outside',
    source,
    weight: 2,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          actor: actors.billingRun(),
          subject,
          operation: 'provide',
          fields: ['basic.name', 'basic.address', 'basic.contract_number'],
          purpose: 'billing',
          recipient: { category: 'other_entrustee', id: 'printing-a' },
          refs: { contract, agreement: 'agr-printing-a' },
        },
      ];
    },
  },
  {
    name: 'a parcel with a meter display is delivered',
    source,
    weight: 2,
    expected: 'conforming',
    accesses(draw) {
      const { subject, contract } = draw.customer();
      return [
        {
          ...electricity,
          actor: actors.billing(draw),
          subject,
          operation: 'provide',
          fields: ['basic.name', 'basic.address', 'basic.phone'],
          purpose: 'service_provision',
          recipient: { category: 'delivery_company', id: 'delivery-a' },
          refs: { contract, agreement: 'agr-delivery-a' },
        },
      ];
    },
  },
  {
    name: 'a bill is made with the age on the screen',
    source,
    weight: 1,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.billing(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'customer.age'],
        purpose: 'billing',
        refs: { billing_period: draw.month() },
      },
    ],
  },
  {
    name: 'a call centre without a secrecy agreement rings about a bill',
    source,
    weight: 0.5,
    expected: 'violation',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.billing(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.phone'],
        purpose: 'customer_contact',
        recipient: { category: 'call_centre', id: 'callcentre-b' },
        refs: { ticket: draw.dated('T'), agreement: 'agr-callcentre-b' },
      },
    ],
  },
];
