// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOW } from './recent-numbers.ts';
import { createSourceStates, type Delivered } from './source-states.ts';

const event = (
  sequence: number | null,
  digest = `d${sequence}`,
  more: Partial<Delivered> = {},
): Delivered => ({
  source: '/a',
  epoch: '1',
  sequence,
  id: `id-${sequence}`,
  digest: digest.padEnd(32, '.'),
  offset: 0,
  ...more,
});

describe('numbered sources', () => {
  it('tells new, missing, late, repeated and contradicting deliveries', () => {
    const states = createSourceStates();
    const kinds = [
      event(1),
      event(2, 'd2', { offset: 7 }),
      event(2),
      event(2, 'other'),
      event(6),
      event(4),
      event(4),
      event(3),
      event(7, 'd7', { epoch: '2' }),
    ].map(e => states.place(e));
    expect(kinds).toEqual([
      { kind: 'new' },
      { kind: 'new' },
      { kind: 'redelivery', first: 7 },
      { kind: 'conflict', first: 7 },
      { kind: 'new', missing: { from: 3, to: 5 } },
      { kind: 'late' },
      { kind: 'redelivery', first: 0 },
      { kind: 'late' },
      { kind: 'new', missing: { from: 1, to: 6 } },
    ]);
    expect(states.takeTouched()).toEqual([
      { source: '/a', epoch: '1', highest: 6 },
      { source: '/a', epoch: '2', highest: 7 },
    ]);
    expect(states.takeTouched()).toEqual([]);
  });

  it('beyond the window, a number that was never missing is a redelivery', () => {
    const states = createSourceStates();
    for (let i = 1; i <= 2 * WINDOW + 10; i++) states.place(event(i));
    expect(states.place(event(5, 'whatever'))).toEqual({ kind: 'redelivery' });
    expect(states.place(event(WINDOW + 11))).toEqual({ kind: 'redelivery', first: 0 });
  });
});

describe('events without a sequence', () => {
  it('are told by source, id and bytes', () => {
    const states = createSourceStates();
    const place = (id: string, digest: string, source = '/a') =>
      states.place(event(null, digest, { id, source, epoch: null })).kind;
    expect([
      place('1', 'x'),
      place('1', 'x'),
      place('1', 'y'),
      place('1', 'x', '/b'),
      place('2', 'x'),
    ]).toEqual(['new', 'redelivery', 'conflict', 'new', 'new']);
  });
});

describe('any order of deliveries', () => {
  it('counts every number once, however often and in whatever order it comes', () => {
    const deliveries = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 120 });
    fc.assert(
      fc.property(deliveries, sequences => {
        const states = createSourceStates();
        const counted = sequences.filter(s => ['new', 'late'].includes(states.place(event(s)).kind));
        expect(counted.sort((a, b) => a - b)).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      }),
    );
  });

  it('goes on from a dump as if nothing had happened', () => {
    const deliveries = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom('/a', '/b')), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(deliveries, fc.nat(60), (list, cut) => {
        const whole = createSourceStates();
        const first = createSourceStates();
        const place = (states: typeof whole, [n, source]: [number, string]) =>
          states.place(event(n || null, 'd', { source }));
        for (const d of list.slice(0, cut)) {
          place(whole, d);
          place(first, d);
        }
        whole.takeTouched(); // a dump is taken between two segments
        first.takeTouched();
        const second = createSourceStates(JSON.parse(JSON.stringify(first.dump())));
        for (const d of list.slice(cut)) expect(place(second, d)).toEqual(place(whole, d));
        expect(second.dump()).toEqual(whole.dump());
      }),
    );
  });
});
