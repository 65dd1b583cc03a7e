// SPDX-License-Identifier: Apache-2.0
// Generators of events for the property tests of this and other rooms: valid ones, and ones with one thing wrong.
import fc from 'fast-check';

const refs = fc.record(
  {
    contract: fc.constantFrom('C-1', 'c1.AAAAAAAAAAAAAAAAAAAAAA'),
    ticket: fc.constantFrom('T-9', 'tickets/2026:1'),
    switching_request: fc.constant('SW-2024-1'),
  },
  { requiredKeys: [] },
);

/** Any valid access event. */
export const anyAccessEvent = fc.record(
  {
    specversion: fc.constant('1.0'),
    id: fc.uuid(),
    source: fc.constantFrom('/services/billing/1', '/sample/desk'),
    type: fc.constant('io.ashiato.access.v1'),
    time: fc.constantFrom('2026-04-01T09:30:00+09:00', '2026-11-23T00:00:00.123Z'),
    sequence: fc.integer({ min: 0, max: 1e9 }).map(String),
    sourceepoch: fc.constant('1700000000000'),
    data: fc.record(
      {
        actor: fc.record(
          { id: fc.constantFrom('E-7', 'op@desk'), type: fc.constant('user'), org: fc.constant('own') },
          { requiredKeys: ['id', 'type'] },
        ),
        on_behalf_of: fc.array(fc.constant({ id: 'E-8', type: 'user' }), { maxLength: 2 }),
        subject: fc.record({ ref: fc.constantFrom('K-1', 's1.ABCDEFGHIJKLMNOPQRSTUV') }),
        operation: fc.constantFrom('use', 'provide'),
        fields: fc.array(fc.constantFrom('basic.name', 'customer.age'), { maxLength: 3 }),
        purpose: fc.constantFrom('billing', 'customer_contact'),
        business: fc.constant('electricity'),
        refs,
        lookup: fc.record({ by: fc.constantFrom('number', 'case'), adjacent: fc.boolean() }),
        part: fc.record({ operation_id: fc.constant('op-1'), index: fc.nat(9), of: fc.nat(9) }),
        site: fc.record({ id: fc.constant('tokyo'), ip: fc.ipV4() }, { requiredKeys: ['id'] }),
      },
      { requiredKeys: ['actor', 'operation', 'fields', 'purpose'] },
    ),
  },
  { requiredKeys: ['specversion', 'id', 'source', 'type', 'time', 'data'] },
);

/** A valid event with the value at one place replaced by anything, one member added, or one removed. */
export const anyBrokenAccessEvent = fc
  .tuple(anyAccessEvent, fc.nat(), fc.anything(jsonLike()), fc.nat(2))
  .map(([event, pick, value, how]) => {
    const copy = structuredClone(event) as Record<string, unknown>;
    const places = [...objectsIn(copy)];
    const place = places[pick % places.length]!;
    const names = Object.keys(place);
    const name = names[pick % Math.max(1, names.length)];
    if (how === 0) place.x_added = value;
    else if (name !== undefined && how === 1) place[name] = value;
    else if (name !== undefined) delete place[name];
    return copy;
  });

function jsonLike(): fc.ObjectConstraints {
  const values = [fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true })];
  return { values, withNullPrototype: false, maxDepth: 2, key: fc.stringMatching(/^[a-z_]{1,8}$/) };
}

function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const member of Object.values(value)) yield* objectsIn(member);
}
