// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { FieldMapError, readFieldMap } from './field-map.ts';
import { FIELDS } from './instrument.testing.ts';

test('a column, a whole table, an expression, and what the map does not say', () => {
  const map = readFieldMap(FIELDS);
  expect(map.fieldOf({ name: 'n', table: 'customers', column: 'name' })).toBe('basic.name');
  expect(map.fieldOf({ name: 'number', table: 'customers', column: 'number' })).toBeNull();
  expect(map.fieldOf({ name: 'price', table: 'menus', column: 'price' })).toBeNull();
  expect(map.fieldOf({ name: 'shouted' })).toBe('basic.name');
  expect(map.fieldOf({ name: 'fax', table: 'customers', column: 'fax' })).toBeUndefined();
  // The name of a result is the statement's own choice: it never stands for a column.
  expect(map.fieldOf({ name: 'customers.name' })).toBeUndefined();
  expect(map.isSubject({ name: 'x', table: 'contracts', column: 'customer_number' })).toBe(true);
  expect(map.isSubject({ name: 'number' })).toBe(false);
});

test('a file that cannot be used is refused with every problem at once', () => {
  expect(() => readFieldMap({ format: 'ashiato.fields/2', subjects: [], fields: { name: 1 } })).toThrow(
    FieldMapError,
  );
  const wrong = { ...FIELDS, subjects: ['customers.no'], fields: { 'menus.*': 'basic.name' } };
  expect(() => readFieldMap(wrong)).toThrow(/customers\.no is a subject[\s\S]*menus\.\* can only be null/);
});
