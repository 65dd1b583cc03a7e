// SPDX-License-Identifier: Apache-2.0
// The JSON Schema that is generated from the first policy takes the events that services really send, and no other words.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedPolicy } from '@ashiato/policy/load';
import { accessEvent } from '@ashiato/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { PARTITIONS, walkEvent } from './bench/walk-events.ts';
import { producedEvents } from './e2e/produced-events.ts';

type Event = { data: Record<string, unknown> };
const schema = JSON.parse(readFileSync(join(shippedPolicy(), 'access-event.gen.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
const problems = (event: unknown) =>
  validate(event) ? [] : validate.errors!.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);

const AT = new Date(Date.UTC(2026, 5, 2));
/** By their producer: as our sdk writes them, and as a foreign producer does. */
const events: Record<string, Event[]> = {
  'the walk': Array.from({ length: 200 }, (_, n) =>
    JSON.parse(walkEvent(n % PARTITIONS, n, AT.getTime()).value.toString()),
  ),
  'a foreign producer': producedEvents(50).map(text => JSON.parse(text)),
};

describe('real events', () => {
  it.each(Object.entries(events))('of %s are valid', (_, list) => {
    expect(list.length).toBeGreaterThan(10);
    for (const event of list) expect(problems(event), JSON.stringify(event)).toEqual([]);
  });

  const change = (member: string, value: unknown) => (event: Event) => ({
    ...event,
    data: { ...event.data, [member]: value },
  });
  it.each([
    ['purpose', change('purpose', 'selling'), '/data/purpose enum'],
    ['parent purpose', change('parent_purpose', 'selling'), '/data/parent_purpose enum'],
    ['field', change('fields', ['basic.name', 'income']), '/data/fields/1 enum'],
    ['business', change('business', 'banking'), '/data/business enum'],
    ['parent business', change('parent_business', 'banking'), '/data/parent_business enum'],
    ['recipient', change('recipient', { category: 'neighbour' }), '/data/recipient/category enum'],
    ['operation', change('operation', 'sell'), '/data/operation enum'],
  ])('with another %s are not', (_, changed, told) => {
    for (const event of Object.values(events).flat()) expect(problems(changed(event))).toEqual([told]);
  });

  it('with a member too many, or one missing, are not; and the published shape agrees', () => {
    for (const event of Object.values(events).flat()) {
      const { actor: _, ...withoutActor } = event.data;
      const wrong = [
        change('memo', 'called back')(event),
        { ...event, data: withoutActor },
        { ...event, note: 1 },
      ];
      expect(wrong.map(one => problems(one).length)).toEqual([1, 1, 1]);
      expect(wrong.map(one => accessEvent.safeParse(one).success)).toEqual([false, false, false]);
      expect(accessEvent.safeParse(event).success).toBe(true);
    }
  });
});
