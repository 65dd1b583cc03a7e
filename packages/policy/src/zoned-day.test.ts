// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstant, startOfDay, startOfDayText } from './zoned-day.ts';

describe('the start of a day', () => {
  it('is midnight of the zone, also where the clocks change', () => {
    expect(startOfDayText('2024-04-01', 'Asia/Tokyo')).toBe('2024-04-01T00:00:00+09:00');
    expect(startOfDayText('2025-03-30', 'Europe/Berlin')).toBe('2025-03-30T00:00:00+01:00');
    expect(startOfDayText('2025-03-31', 'Europe/Berlin')).toBe('2025-03-31T00:00:00+02:00');
    expect(startOfDayText('2025-10-26', 'Europe/Berlin')).toBe('2025-10-26T00:00:00+02:00');
    expect(startOfDayText('2025-01-01', 'America/St_Johns')).toBe('2025-01-01T00:00:00-03:30');
    expect(new Date(startOfDay('2024-04-01', 'Asia/Tokyo')).toISOString()).toBe('2024-03-31T15:00:00.000Z');
  });
});

describe('an instant', () => {
  it('is read from RFC 3339 with offset', () => {
    const at = Date.UTC(2026, 5, 2, 1, 0, 0);
    for (const text of [
      '2026-06-02T10:00:00+09:00',
      '2026-06-02T01:00:00Z',
      '2026-06-02t01:00:00z',
      '2026-06-02T01:00:00.000Z',
    ]) {
      expect(readInstant(text), text).toBe(at);
    }
    expect(readInstant('2026-06-02T01:00:00.987654321Z')).toBe(at + 987);
  });

  it('is nothing else', () => {
    const wrong = [
      '',
      '2026-06-02',
      '2026-06-02T10:00:00',
      '2026-02-30T10:00:00Z',
      '2026-06-02T24:00:00Z',
      'now',
      ' 2026-06-02T01:00:00Z',
    ];
    for (const text of [...wrong, null, undefined, 5, {}, `2026-06-02T01:00:00.${'0'.repeat(80)}Z`]) {
      expect(readInstant(text), String(text)).toBeNaN();
    }
  });

  it('agrees with Date on every date, fraction and offset there is', () => {
    const days = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    const offset = fc
      .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([sign, ...clock]) => sign + clock.map(part => String(part).padStart(2, '0')).join(':'));
    const fraction = fc.stringMatching(/^(?:\.\d{1,9})?$/);
    fc.assert(
      fc.property(days, fraction, fc.oneof(fc.constant('Z'), offset), (date, part, zone) => {
        const text = `${date.toISOString().slice(0, 19)}${part}${zone}`;
        expect(readInstant(text), text).toBe(Date.parse(text));
      }),
      { numRuns: 5000 },
    );
  });
});
