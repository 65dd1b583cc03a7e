// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeMicros } from './event-time.ts';

test.each([
  ['2026-05-31T23:00:00+09:00', Date.UTC(2026, 4, 31, 14) * 1000],
  ['2026-05-31T14:00:00.123456789Z', Date.UTC(2026, 4, 31, 14) * 1000 + 123_456],
  ['2026-05-31t14:00:00.1z', Date.UTC(2026, 4, 31, 14) * 1000 + 100_000],
  ['2026-05-31T14:00:00.0004-00:30', Date.UTC(2026, 4, 31, 14, 30) * 1000 + 400],
  ['1969-12-31T23:59:59.999999Z', -1],
  ['0001-01-01T00:00:00Z', Date.UTC(1900, 0, 1) * 1000],
  ['9999-12-31T23:59:59Z', Number.MAX_SAFE_INTEGER],
])('%s', (text, micros) => {
  expect(timeMicros(text)).toBe(micros);
});

test.each(['', 'yesterday', '2026-13-01T00:00:00Z', '2026-05-31', 'sha256:00', '2026-05-31 14:00:00Z'])(
  'no time: %s',
  text => {
    expect(timeMicros(text)).toBeUndefined();
  },
);

test('any date in range is read as Date reads it, whatever the zone', () => {
  const range = { min: new Date('1901-01-01'), max: new Date('2254-01-01'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(range), fc.nat(999), fc.integer({ min: -720, max: 840 }), (date, finer, zone) => {
      const local = new Date(date.getTime() + zone * 60_000).toISOString().slice(0, -1);
      const hours = String(Math.floor(Math.abs(zone) / 60)).padStart(2, '0');
      const minutes = String(Math.abs(zone) % 60).padStart(2, '0');
      const text = `${local}${String(finer).padStart(3, '0')}${zone < 0 ? '-' : '+'}${hours}:${minutes}`;
      expect(timeMicros(text)).toBe(date.getTime() * 1000 + finer);
    }),
  );
});
