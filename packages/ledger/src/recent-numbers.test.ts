// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRecentNumbers, WINDOW } from './recent-numbers.ts';

const seen = (offset: number) => ({ digest: String(offset).padEnd(32, '.'), offset });

it('remembers every one of the last numbers, however they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 * WINDOW }), { maxLength: 300 }), numbers => {
      const recent = createRecentNumbers();
      const model = new Map<number, number>();
      let size = 0;
      for (const [offset, number] of numbers.entries()) {
        size += recent.remember(number, seen(offset));
        model.set(number, offset);
      }
      expect(recent.size()).toBe(size);
      expect(recent.entries()).toHaveLength(size);
      const highest = Math.max(0, ...numbers);
      for (const [number, offset] of model) {
        if (number > highest - WINDOW) expect(recent.recall(number)).toEqual(seen(offset));
      }
      for (const [number, was] of recent.entries()) expect(model.get(number)).toBe(was.offset);
    }),
  );
});

it('is the same when it is filled again from what it held', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 * WINDOW }), { maxLength: 200 }), numbers => {
      const first = createRecentNumbers();
      for (const [offset, number] of numbers.entries()) first.remember(number, seen(offset));
      const again = createRecentNumbers();
      for (const [number, was] of first.entries()) again.remember(number, was);
      expect(again.entries()).toEqual(first.entries());
      expect(again.size()).toBe(first.size());
    }),
  );
});

it('forgets no newer number for an older one', () => {
  const recent = createRecentNumbers();
  recent.remember(1 + WINDOW, seen(1));
  for (let number = 1; number <= WINDOW; number++) recent.remember(number, seen(number));
  expect(recent.recall(1 + WINDOW)).toEqual(seen(1));
  expect(recent.recall(1)).toBeUndefined();
});
