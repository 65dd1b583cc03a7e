// SPDX-License-Identifier: Apache-2.0
// Events for tests: generated over everything that the outcome table of a policy can tell apart.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { PolicyBundle } from './bundle.ts';
import { loadPolicies } from './load.ts';
import { startOfDay } from './zoned-day.ts';

export const POLICY_FOLDER = fileURLToPath(new URL('../policies/astmax-energy', import.meta.url));
export const bundles = await loadPolicies(POLICY_FOLDER);
export const bundle = bundles[0]!;

/** Mostly one of the words; sometimes absent, sometimes something that no list holds. */
function word(
  list: readonly string[],
  strange: readonly unknown[] = ['strange', 7, null, ''],
): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<unknown>(...(list.length > 0 ? list : [undefined])) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...strange, undefined) },
  );
}

const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id);

/** In force under every policy that comes along, and while most agreements are. */
const MIDDLE = '2026-06-02T10:00:00+09:00';

/** Moments on both sides of every border of the policy and its agreements; last, moments between. */
function timesOf({ effective_from, registers, policy }: PolicyBundle): string[] {
  const ends = new Set(registers.agreements.flatMap(({ to }) => to ?? []));
  const borders = [Date.parse(effective_from), ...[...ends].map(day => startOfDay(day, policy.timezone))];
  const around = borders.flatMap(at => [at - 1, at].map(instant => new Date(instant).toISOString()));
  return [...around, MIDDLE, '2026-06-02T01:00:00.123456Z', 'yesterday'];
}

function fieldLists(ids: readonly string[]): fc.Arbitrary<unknown[] | undefined> {
  const odd = [ids.slice(1, 2), [], ['income'], [ids[0]!, 'income'], undefined];
  return fc.oneof(
    { weight: 6, arbitrary: fc.subarray(ids.slice(0, 7), { maxLength: 3 }) },
    { weight: 4, arbitrary: fc.subarray([...ids], { maxLength: 4 }) },
    { weight: 2, arbitrary: fc.constantFrom<unknown[] | undefined>(...odd) },
  );
}

function references({ policy, registers }: PolicyBundle): fc.Arbitrary<Record<string, unknown>> {
  const presence = fc.oneof(
    { weight: 5, arbitrary: fc.constant('R-1') },
    { weight: 4, arbitrary: fc.constant(undefined) },
  );
  const agreement = word([...idsOf(registers.agreements), 'agr-none']);
  return fc.record(
    Object.fromEntries(policy.references.map(({ id }) => [id, id === 'agreement' ? agreement : presence])),
  );
}

/** A partner that fits its category, and its agreement, oftener than chance would give. */
function recipients({ policy, registers: { partners } }: PolicyBundle) {
  const category = word(idsOf(policy.recipients));
  const partner = fc.oneof(
    fc.constantFrom(...partners.map(({ id, recipient }) => ({ id, category: recipient }))),
    fc.record({ id: word([...idsOf(partners), 'retailer-z', 'tdso-nowhere']), category }),
    fc.record({ category }),
  );
  const areas = partners.flatMap(one => one.areas);
  const area = fc.constantFrom(...areas, ...areas.slice(0, 1), 'elsewhere', undefined);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 9, arbitrary: fc.tuple(partner, area).map(([named, at]) => ({ ...named, area: at })) },
  );
}

function dataOf(bundle: PolicyBundle) {
  const { policy } = bundle;
  const [purpose, business] = [word(idsOf(policy.purposes)), word(idsOf(policy.businesses))];
  const count = fc.constantFrom(undefined, 0, 1, 9, 10, 2000, '12');
  return fc.record({
    operation: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom<unknown>('use', 'provide') },
      { weight: 2, arbitrary: word(['collect', 'receive', 'update', 'erase']) },
    ),
    purpose,
    parent_purpose: purpose,
    business,
    parent_business: business,
    fields: fieldLists(idsOf(policy.fields)),
    form: fc.oneof(
      { weight: 5, arbitrary: fc.constant<unknown>(undefined) },
      { weight: 2, arbitrary: word(['identified', 'statistical']) },
    ),
    channel: word([...idsOf(policy.channels ?? []), 'sms']),
    recipient: recipients(bundle),
    refs: references(bundle),
    population: fc.option(fc.record({ count }), { nil: undefined }),
    part: fc.constantFrom(
      undefined,
      { operation_id: 'o', index: 1, of: 1 },
      { operation_id: 'o', index: 1, of: 2 },
    ),
    result: fc.option(fc.record({ count }), { nil: undefined }),
    outcome: fc.constantFrom(undefined, 'success', 'denied', 'failed'),
    agree: fc.boolean(),
  });
}

/** CloudEvents objects as they come out of JSON: no member is undefined. */
export function eventsOf(bundle: PolicyBundle): fc.Arbitrary<GeneratedEvent> {
  const data = dataOf(bundle).map(({ agree, ...event }) => {
    // Half of the events name the agreement that belongs to their recipient.
    if (!agree || !event.recipient || !('id' in event.recipient)) return event;
    return { ...event, refs: { ...event.refs, agreement: `agr-${String(event.recipient.id)}` } };
  });
  const time = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...timesOf(bundle)) },
    { weight: 2, arbitrary: fc.constant(MIDDLE) },
  );
  const envelope = { specversion: '1.0', id: 'e-1', source: '/crm', type: 'io.ashiato.access.v1' };
  return fc
    .record({ time, data })
    .map(event => JSON.parse(JSON.stringify({ ...envelope, ...event })) as GeneratedEvent);
}

const MEMBERS =
  'operation purpose parent_purpose business parent_business fields form recipient refs population part result';
const anyData = fc.dictionary(fc.constantFrom(...MEMBERS.split(' ')), fc.jsonValue(), { maxKeys: 3 });

/** Events in which any members were replaced by any JSON. */
export const brokenEventsOf = (bundle: PolicyBundle): fc.Arbitrary<unknown> =>
  fc
    .tuple(eventsOf(bundle), fc.dictionary(fc.constantFrom('time', 'data', 'id'), fc.jsonValue()), anyData)
    .map(([event, outer, inner]) => ({ ...event, data: { ...event.data, ...inner }, ...outer }));

export const generatedEvent = eventsOf(bundle);

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
