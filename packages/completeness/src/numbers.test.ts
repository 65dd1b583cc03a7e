// SPDX-License-Identifier: Apache-2.0
import { leafHash, rootOf, toHex } from '@ashiato/tlog';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNumbers } from './numbers.ts';

const leaf = (number: number) => leafHash(Buffer.from(String(number)));

/** Numbers 1..count in any order, some left out, with seals between; each seal ends at the count it names. */
const arrivals = fc.integer({ min: 0, max: 40 }).chain(count =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i + 1),
      { minLength: 0 },
    ),
    count: fc.constant(count),
    keepAt: fc.integer({ min: 0, max: 40 }),
  }),
);

test('in whatever order numbers come, the missing ones and the root are those of the whole set', () => {
  fc.assert(
    fc.property(arrivals, ({ order, count, keepAt }) => {
      let numbers = createNumbers(1);
      for (const [i, number] of order.entries()) {
        if (i === keepAt) numbers = createNumbers(JSON.parse(JSON.stringify(numbers.dump())));
        numbers.take(number, leaf(number));
        numbers.take(number, leaf(-1)); // again: the first counts
      }
      const came = new Set(order);
      const all = Array.from({ length: count }, (_, i) => i + 1);
      const missing = numbers.missing(count).flatMap(([a, b]) => all.filter(n => n >= a && n <= b));
      expect(missing).toEqual(all.filter(n => !came.has(n)));
      expect(numbers.highest).toBe(Math.max(0, ...order));
      const root = numbers.root(count);
      if (missing.length > 0) expect(root).toBe('numbers_missing');
      else expect(toHex(root as Uint8Array)).toBe(toHex(rootOf(Buffer.concat(all.map(leaf)))));
    }),
  );
});

test('behind a seal it begins anew, with what came too early', () => {
  const numbers = createNumbers(1);
  for (const number of [1, 2, 5, 3]) numbers.take(number, leaf(number));
  expect(toHex(numbers.root(3) as Uint8Array)).toBe(toHex(rootOf(Buffer.concat([1, 2, 3].map(leaf)))));
  numbers.sealed(3);
  numbers.take(4, leaf(4));
  expect(toHex(numbers.root(5) as Uint8Array)).toBe(toHex(rootOf(Buffer.concat([4, 5].map(leaf)))));
  expect(numbers.root(4)).toBe('out_of_order');
  numbers.sealed(4);
  expect([numbers.missing(5), numbers.root(5)]).toEqual([[], 'out_of_order']);
  numbers.sealed(5);
  expect(numbers.root(5)).toEqual(rootOf(new Uint8Array(0)));
});

test('memory is bounded: too many holes are given up, and too many leaves behind one are not held', () => {
  const holes = createNumbers(1);
  for (let i = 1; i <= 1001; i++) holes.take(2 * i, leaf(i));
  expect(holes.givenUp()).toEqual([[1, 1]]);
  expect(holes.dump().held.length).toBeLessThan(1002);
  holes.take(2 ** 49, leaf(1)); // a leap as wide as a number can be costs nothing
  const behind = createNumbers(1);
  for (let number = 2; number <= 10_010; number++) behind.take(number, leaf(number));
  expect(behind.dump().held).toHaveLength(10_000);
  behind.take(1, leaf(1));
  expect(behind.root(10_010)).toBe('too_many');
});
