// SPDX-License-Identifier: Apache-2.0
// Events for tests of the first policy: generated over everything that its outcome table can tell apart.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { loadPolicies } from './load.ts';

export const POLICY_FOLDER = fileURLToPath(new URL('../policies/astmax-energy', import.meta.url));
export const bundles = await loadPolicies(POLICY_FOLDER);
export const bundle = bundles[0]!;

const words = {
  field: bundle.policy.fields.map(({ id }) => id),
  purpose: bundle.policy.purposes.map(({ id }) => id),
  business: bundle.policy.businesses.map(({ id }) => id),
  recipient: bundle.policy.recipients.map(({ id }) => id),
};
/** Moments on both sides of every border of the policy, its agreements and days; last, moments between. */
const TIMES = [
  '2024-03-31T23:59:59.999+09:00',
  '2024-04-01T00:00:00+09:00',
  '2025-09-30T14:59:59Z',
  '2025-09-30T15:00:00Z',
  '2027-03-31T23:59:59+09:00',
  '2027-04-01T00:00:00+09:00',
  '2026-06-02T10:00:00+09:00',
  '2026-06-02T01:00:00.123456Z',
  'yesterday',
];
const PARTNERS = [...bundle.registers.partners.map(({ id }) => id), 'retailer-z', 'tdso-nowhere'];
const AGREEMENTS = [...bundle.registers.agreements.map(({ id }) => id), 'agr-none'];

/** Mostly one of the words; sometimes absent, sometimes something that no list holds. */
function word(
  list: readonly string[],
  strange: readonly unknown[] = ['strange', 7, null, ''],
): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<unknown>(...list) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...strange, undefined) },
  );
}

const fieldLists = fc.oneof(
  { weight: 6, arbitrary: fc.subarray(words.field.slice(0, 7), { maxLength: 3 }) },
  { weight: 4, arbitrary: fc.subarray(words.field, { maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown[] | undefined>(
      ['basic.address'],
      [],
      ['income'],
      ['basic.name', 'income'],
      undefined,
    ),
  },
);
const presence = fc.oneof(
  { weight: 5, arbitrary: fc.constant('R-1') },
  { weight: 4, arbitrary: fc.constant(undefined) },
);
const refs = fc.record(
  Object.fromEntries(
    bundle.policy.references.map(({ id }) => [id, id === 'agreement' ? word(AGREEMENTS) : presence]),
  ),
);
/** A partner that fits its category, and its agreement, oftener than chance would give. */
const partner = fc.oneof(
  fc.constantFrom(...bundle.registers.partners.map(({ id, recipient }) => ({ id, category: recipient }))),
  fc.record({ id: word(PARTNERS), category: word(words.recipient) }),
  fc.record({ category: word(words.recipient) }),
);
const recipient = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 9,
    arbitrary: fc
      .tuple(partner, fc.constantFrom('tokyo', 'kansai', 'tokyo', 'hokkaido', undefined))
      .map(([named, area]) => ({ ...named, area })),
  },
);
const count = fc.constantFrom(undefined, 0, 1, 9, 10, 2000, '12');

const data = fc
  .record({
    operation: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom<unknown>('use', 'provide') },
      { weight: 2, arbitrary: word(['collect', 'receive', 'update', 'erase']) },
    ),
    purpose: word(words.purpose),
    parent_purpose: word(words.purpose),
    business: word(words.business),
    parent_business: word(words.business),
    fields: fieldLists,
    form: fc.oneof(
      { weight: 5, arbitrary: fc.constant<unknown>(undefined) },
      { weight: 2, arbitrary: word(['identified', 'statistical']) },
    ),
    channel: word(['mail', 'email', 'phone', 'visit', 'sms']),
    recipient,
    refs,
    population: fc.option(fc.record({ count }), { nil: undefined }),
    part: fc.constantFrom(
      undefined,
      { operation_id: 'o', index: 1, of: 1 },
      { operation_id: 'o', index: 1, of: 2 },
    ),
    result: fc.option(fc.record({ count }), { nil: undefined }),
    outcome: fc.constantFrom(undefined, 'success', 'denied', 'failed'),
    agree: fc.boolean(),
  })
  .map(({ agree, ...event }) => {
    // Half of the events name the agreement that belongs to their recipient.
    if (!agree || !event.recipient || !('id' in event.recipient)) return event;
    return { ...event, refs: { ...event.refs, agreement: `agr-${String(event.recipient.id)}` } };
  });

/** CloudEvents objects as they come out of JSON: no member is undefined. */
export const generatedEvent: fc.Arbitrary<GeneratedEvent> = fc
  .record({
    time: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(...TIMES) },
      { weight: 2, arbitrary: fc.constant(TIMES[6]) },
    ),
    data,
  })
  .map(
    event =>
      JSON.parse(
        JSON.stringify({
          specversion: '1.0',
          id: 'e-1',
          source: '/crm',
          type: 'io.ashiato.access.v1',
          ...event,
        }),
      ) as GeneratedEvent,
  );

export type GeneratedEvent = { time: string; data: GeneratedData };
export type GeneratedData = {
  operation?: unknown;
  purpose?: unknown;
  parent_purpose?: unknown;
  business?: unknown;
  parent_business?: unknown;
  fields?: string[];
  form?: unknown;
  channel?: unknown;
  recipient?: { id?: unknown; category?: unknown; area?: string } | null;
  refs: Record<string, unknown>;
  population?: { count?: unknown };
  part?: { of: number };
  result?: { count?: unknown };
};
