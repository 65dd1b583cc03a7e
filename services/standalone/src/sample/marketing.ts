// SPDX-License-Identifier: Apache-2.0
// Marketing, research, the parent company, agents and statistics.
import { actors, type SampleTemplate } from './sample-template.ts';

const source = '/sample/marketing';
const electricity = { business: 'electricity' };
const CAMPAIGNS = ['CMP-2026-SOLAR', 'CMP-2026-SUMMER'];

export const marketing: SampleTemplate[] = [
  {
    name: 'a campaign writes to those on its list',
    source,
    weight: 3,
    expected: 'conforming',
    accesses(draw) {
      const of = draw.between(2, 6);
      const operation_id = draw.dated('MAIL');
      const campaign = draw.pick(CAMPAIGNS);
      const channel = draw.pick(['mail', 'email']);
      return Array.from({ length: of }, (_, i) => ({
        ...electricity,
        actor: actors.marketing(draw),
        subject: draw.customer().subject,
        part: { operation_id, index: i + 1, of },
        operation: 'use' as const,
        fields: ['basic.name', channel === 'mail' ? 'basic.address' : 'basic.email'],
        purpose: 'direct_marketing',
        channel,
        refs: { campaign },
      }));
    },
  },
  {
    name: 'an agent visits with an offer',
    source,
    weight: 2,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.marketing(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.address', 'customer.contract_details'],
        purpose: 'direct_marketing',
        channel: 'visit',
        recipient: { category: 'sales_agent', id: 'agent-a' },
        refs: { campaign: draw.pick(CAMPAIGNS), agreement: 'agr-agent-a' },
      },
    ],
  },
  {
    name: 'a survey of many customers',
    source,
    weight: 2,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        population: { count: draw.between(400, 2400) },
        operation: 'use',
        fields: ['customer.age', 'customer.power_usage'],
        purpose: 'market_research',
      },
    ],
  },
  {
    name: 'a tariff is designed from usage',
    source,
    weight: 2,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        population: { count: draw.between(400, 2400) },
        operation: 'use',
        fields: ['customer.power_usage', 'customer.contract_details'],
        purpose: 'product_development',
      },
    ],
  },
  {
    name: 'statistics are released',
    source,
    weight: 1,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        population: { count: draw.between(40, 900) },
        operation: 'provide',
        fields: ['customer.power_usage'],
        form: 'statistical',
        purpose: 'market_research',
        recipient: { category: 'statistics_recipient' },
        refs: { transform: 'TR-K10-2026' },
      },
    ],
  },
  {
    name: 'the parent company receives what a customer consented to',
    source,
    weight: 1,
    expected: 'conforming',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'customer.contract_details'],
        purpose: 'product_development',
        recipient: { category: 'parent_company', id: 'parent-a' },
        refs: { consent: draw.dated('CS') },
      },
    ],
  },
  {
    name: 'a mailing with no campaign behind it',
    source,
    weight: 1,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.marketing(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name', 'basic.email'],
        purpose: 'direct_marketing',
        channel: 'email',
      },
    ],
  },
  {
    name: 'a campaign by text message, a channel the policy does not name',
    source,
    weight: 1,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.marketing(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.phone'],
        purpose: 'direct_marketing',
        channel: 'sms',
        refs: { campaign: draw.pick(CAMPAIGNS) },
      },
    ],
  },
  {
    name: 'research on one person',
    source,
    weight: 0.7,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['customer.age', 'customer.power_usage'],
        purpose: 'market_research',
      },
    ],
  },
  {
    name: 'statistics of a group so small that it may name people',
    source,
    weight: 0.7,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        population: { count: draw.between(2, 9) },
        operation: 'provide',
        fields: ['customer.power_usage'],
        form: 'statistical',
        purpose: 'market_research',
        recipient: { category: 'statistics_recipient' },
        refs: { transform: 'TR-K10-2026' },
      },
    ],
  },
  {
    name: 'work called incidental, to nothing in particular',
    source,
    weight: 0.5,
    expected: 'undetermined',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.marketing(draw),
        subject: draw.customer().subject,
        operation: 'use',
        fields: ['basic.name'],
        purpose: 'incidental',
      },
    ],
  },
  {
    name: 'the parent company receives a customer without consent',
    source,
    weight: 0.5,
    expected: 'violation',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.planning(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'customer.contract_details'],
        purpose: 'product_development',
        recipient: { category: 'parent_company', id: 'parent-a' },
      },
    ],
  },
  {
    name: 'a sister company is given addresses',
    source,
    weight: 0.4,
    expected: 'violation',
    accesses: draw => [
      {
        ...electricity,
        actor: actors.marketing(draw),
        subject: draw.customer().subject,
        operation: 'provide',
        fields: ['basic.name', 'basic.email'],
        purpose: 'direct_marketing',
        channel: 'email',
        recipient: { category: 'affiliate', id: 'sister-a' },
        refs: { campaign: draw.pick(CAMPAIGNS) },
      },
    ],
  },
];
