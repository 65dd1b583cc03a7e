// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createFormats } from './formats.ts';

const ja = createFormats('ja');
const en = createFormats('en');

test('times are told in Tokyo, whatever the offset they came with', () => {
  expect(ja.time('2026-11-20T15:00:05Z')).toBe('2026/11/21 00:00:05');
  expect(ja.time('2026-11-21T00:00:05+09:00')).toBe('2026/11/21 00:00:05');
  expect(en.minute('2026-11-20T15:00:05Z')).toBe('21 Nov 2026, 00:00');
  expect(en.time('no time')).toBe('no time');
});

test('a recent time leaves out the year, and only the year it is in Tokyo', () => {
  const newYear = Date.parse('2026-12-31T15:00:00Z');
  expect(ja.recentTime('2026-12-31T15:00:05Z', newYear)).toBe('01/01 00:00:05');
  expect(ja.recentTime('2026-12-31T14:59:59Z', newYear)).toBe('2026/12/31 23:59:59');
  expect(en.recentTime('2026-11-20T03:00:05Z', newYear - 1)).toBe('20 Nov, 12:00:05');
});

test('counts are whole up to 9,999 and short above', () => {
  expect([9999, 12_345, 1_234_567].map(en.shortCount)).toEqual(['9,999', '12.3K', '1.23M']);
  expect([9999, 12_345, 1_234_567].map(ja.shortCount)).toEqual(['9,999', '1.23万', '123万']);
  expect(en.count(1_234_567)).toBe('1,234,567');
});
