// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, isDay, resolvePeriod, tokyoDay } from './periods.ts';

const moments = fc.integer({
  min: Date.parse('2000-01-01T00:00:00Z'),
  max: Date.parse('2100-01-01T00:00:00Z'),
});
const DAY_MS = 86_400_000;

test('a day begins at midnight in Tokyo, not in UTC', () => {
  expect(tokyoDay(Date.parse('2026-11-20T14:59:59.999Z'))).toBe('2026-11-20');
  expect(tokyoDay(Date.parse('2026-11-20T15:00:00Z'))).toBe('2026-11-21');
});

test('today, 7 days and 30 days end with the day of the moment and have that many days', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom(['today', 1], ['7d', 7], ['30d', 30]), (now, [kind, days]) => {
      const period = resolvePeriod({ kind: kind as 'today' | '7d' | '30d' }, now)!;
      const [from, to] = [Date.parse(period.from), Date.parse(period.to)];
      expect(from <= now && now < to).toBe(true);
      expect(to - now <= DAY_MS).toBe(true);
      expect(to - from).toBe(Number(days) * DAY_MS);
    }),
  );
});

test('a free choice holds both its days, and the next period begins where it ends', () => {
  const first = resolvePeriod({ kind: 'free', firstDay: '2024-02-28', lastDay: '2024-02-29' }, 0)!;
  expect(first).toEqual({ from: '2024-02-28T00:00:00+09:00', to: '2024-03-01T00:00:00+09:00' });
  const next = resolvePeriod({ kind: 'free', firstDay: addDays('2024-02-29', 1), lastDay: '2024-03-31' }, 0)!;
  expect(next.from).toBe(first.to);
});

test.each([
  ['2026-11-20', '2026-11-19'],
  ['2026-02-30', '2026-03-01'],
  ['', '2026-03-01'],
  ['2026-03-01', 'tomorrow'],
])('from %s to %s is no period', (firstDay, lastDay) => {
  expect(resolvePeriod({ kind: 'free', firstDay, lastDay }, 0)).toBeUndefined();
});

test('only days of the calendar are days', () => {
  expect(['2024-02-29', '2026-12-31'].map(isDay)).toEqual([true, true]);
  expect(['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00'].map(isDay)).toEqual(
    Array(4).fill(false),
  );
});
