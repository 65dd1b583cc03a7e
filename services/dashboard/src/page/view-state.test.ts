// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from './periods.ts';
import { formatView, parseView, type View } from './view-state.ts';

const period = fc.oneof(
  fc.constantFrom({ kind: 'today' as const }, { kind: '7d' as const }, { kind: '30d' as const }),
  fc.record({ start: fc.nat(3000), length: fc.nat(400) }).map(({ start, length }) => ({
    kind: 'free' as const,
    firstDay: addDays('2024-01-01', start),
    lastDay: addDays('2024-01-01', start + length),
  })),
);
const view: fc.Arbitrary<View> = fc.record({
  period,
  mode: fc.constantFrom('literal', 'strict'),
  all: fc.boolean(),
  purpose: fc.option(fc.string()),
  field: fc.option(fc.string()),
  verdict: fc.option(fc.constantFrom('conforming', 'undetermined', 'violation')),
});

test('a view survives the address, whatever ids it holds', () => {
  fc.assert(
    fc.property(view, chosen => {
      expect(parseView(formatView(chosen))).toEqual(chosen);
    }),
  );
});

test('any address gives a view; what it does not know is as usual', () => {
  fc.assert(
    fc.property(fc.string(), search => {
      const shown = parseView(search);
      expect(parseView(formatView(shown))).toEqual(shown);
    }),
  );
  const odd = parseView('?period=2026-02-30..2026-03-01&mode=loose&verdict=fine&all=yes');
  expect(formatView(odd)).toBe('');
});
