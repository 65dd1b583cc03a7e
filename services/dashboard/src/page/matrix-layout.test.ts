// SPDX-License-Identifier: Apache-2.0
import type { UsageRow } from '@ashiato/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samplePolicy } from '../test/sample-policy.ts';
import { heatLevel, layoutMatrix } from './matrix-layout.ts';

const purposes = [...samplePolicy.purposes.map(purpose => purpose.id), 'affiliate_campaign', ''];
const fields = [...samplePolicy.fields.map(field => field.id), 'customer.household_size'];
const tallies = { count: fc.integer({ min: 1, max: 1e6 }), violations: fc.nat(9), undetermined: fc.nat(9) };
const cellRows: fc.Arbitrary<UsageRow[]> = fc.uniqueArray(
  fc.record({ purpose: fc.constantFrom(...purposes), field: fc.constantFrom(...fields), ...tallies }),
  { selector: row => `${row.purpose} ${row.field}` },
);

const row = (purpose: string, field: string, count: number): UsageRow => ({
  purpose,
  field,
  count,
  violations: 0,
  undetermined: 0,
});

test('purposes stand in clause order, fields in the groups of the policy, unlisted ids last', () => {
  const cells = [
    row('zz_unlisted', 'customer.age', 1),
    row('switching_termination', 'zz.unlisted', 2),
    row('billing', 'supply_point.meter_info', 3),
    row('contract_conclusion', 'basic.name', 4),
  ];
  const matrix = layoutMatrix({ cells, purposes: cells }, samplePolicy, false);
  expect(matrix.rows.map(({ purpose, known }) => [purpose, known])).toEqual([
    ['contract_conclusion', true],
    ['billing', true],
    ['switching_termination', true],
    ['zz_unlisted', false],
  ]);
  expect(matrix.columns.map(column => column.field)).toEqual([
    'basic.name',
    'customer.age',
    'supply_point.meter_info',
    'zz.unlisted',
  ]);
  expect(matrix.groups.map(({ group, span }) => [group, span])).toEqual([
    ['basic', 1],
    ['customer', 1],
    ['supply_point', 1],
    ['', 1],
  ]);
});

test('every access given is in exactly one cell, whatever the order of the rows', () => {
  fc.assert(
    fc.property(cellRows, fc.boolean(), (cells, all) => {
      const matrix = layoutMatrix({ cells, purposes: [] }, samplePolicy, all);
      const given = cells.reduce((sum, cell) => sum + cell.count, 0);
      const inCells = matrix.rows.flatMap(({ cells: places }) => places.map(place => place?.count ?? 0));
      expect(inCells.reduce((sum, count) => sum + count, 0)).toBe(given);
      expect(matrix.columns.reduce((sum, column) => sum + column.total.count, 0)).toBe(given);
      expect(layoutMatrix({ cells: cells.toReversed(), purposes: [] }, samplePolicy, all)).toEqual(matrix);
      expect(matrix.groups.reduce((sum, group) => sum + group.span, 0)).toBe(matrix.columns.length);
    }),
  );
});

test('a row total counts an access once, not once a field', () => {
  const cells = [row('billing', 'basic.name', 5), row('billing', 'basic.address', 5)];
  const total = { purpose: 'billing', count: 5, violations: 1, undetermined: 0 };
  const matrix = layoutMatrix({ cells, purposes: [total] }, samplePolicy, false);
  expect(matrix.rows[0]!.total).toEqual({ count: 5, violations: 1, undetermined: 0 });
  expect(matrix.total.count).toBe(5);
});

test('"all" adds what nobody used; otherwise it is left out', () => {
  const cells = [row('billing', 'basic.name', 1)];
  const used = layoutMatrix({ cells, purposes: cells }, samplePolicy, false);
  const all = layoutMatrix({ cells, purposes: cells }, samplePolicy, true);
  expect([used.rows.length, used.columns.length]).toEqual([1, 1]);
  expect([all.rows.length, all.columns.length]).toEqual([21, 31]);
});

test('an access without fields still has its row; without a policy ids stand as they are', () => {
  const purpose = { purpose: 'billing', count: 2, violations: 0, undetermined: 0 };
  const matrix = layoutMatrix({ cells: [], purposes: [purpose] }, undefined, true);
  expect(matrix.rows).toMatchObject([{ purpose: 'billing', known: false, cells: [] }]);
});

test('the tint grows with the count and never leaves 0 to 6', () => {
  fc.assert(
    fc.property(fc.nat(1e7), fc.nat(1e7), fc.nat(1e7), (a, b, peak) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)].map(count =>
        heatLevel(count, Math.max(peak, count)),
      );
      expect([less, more].every(level => level! >= 0 && level! <= 6)).toBe(true);
      const top = Math.max(a, b, peak);
      expect(heatLevel(Math.min(a, b), top)).toBeLessThanOrEqual(heatLevel(Math.max(a, b), top));
    }),
  );
  expect([heatLevel(0, 9), heatLevel(1, 1000), heatLevel(1000, 1000)]).toEqual([0, 1, 6]);
});
