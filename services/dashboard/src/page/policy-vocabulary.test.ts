// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { samplePolicy } from '../test/sample-policy.ts';
import { choosePolicy, createNames, type PolicyListing } from './policy-vocabulary.ts';

const version = (name: string, from: string | null, to: string | null): PolicyListing => ({
  id: 'p',
  version: name,
  effective_from: from,
  effective_to: to,
});
const at = (day: string) => Date.parse(`${day}T00:00:00+09:00`);
const first = version('1', '2024-04-01T00:00:00+09:00', '2025-04-01T00:00:00+09:00');
const second = version('2', '2025-04-01T00:00:00+09:00', '2026-04-01T00:00:00+09:00');

test('the version in force is shown; its last moment belongs to the next', () => {
  expect(choosePolicy([first, second], at('2024-12-31'))).toBe(first);
  expect(choosePolicy([first, second], at('2025-04-01'))).toBe(second);
});

test('after the last and before the first one, the nearest is shown', () => {
  expect(choosePolicy([first, second], at('2027-01-01'))).toBe(second);
  expect(choosePolicy([first, second], at('2020-01-01'))).toBe(first);
  expect(choosePolicy([], at('2020-01-01'))).toBeUndefined();
});

test('names in both languages; the id where there is none', () => {
  const [ja, en] = [createNames(samplePolicy, 'ja'), createNames(samplePolicy, 'en')];
  expect([ja.purpose('billing'), en.purpose('billing')]).toEqual(['料金の収受', 'Billing']);
  expect([ja.group('basic'), ja.field('customer.shoe_size')]).toEqual(['基本情報', 'customer.shoe_size']);
  expect([en.clauseLines('C3-G1'), en.clauseLines('C2-P08'), en.clauseLines('X')]).toEqual([
    '52–53',
    '19–20',
    '',
  ]);
  expect(createNames(undefined, 'ja').purpose('billing')).toBe('billing');
  expect(createNames({ ...samplePolicy, groups: [] }, 'ja').group('basic')).toBe('basic');
});
