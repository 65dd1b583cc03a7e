// SPDX-License-Identifier: Apache-2.0
// Rows that were read -> one access to the persons in them, and then the rows. Nothing is released unrecorded.
import type { Access, AccessRecord } from '../words.ts';
import { type FieldMap, FieldMapError, type ResultColumn, unmapped } from './field-map.ts';

/** What is asked of a trail here; every `Trail` is one, whatever its vocabulary. */
export interface RowTrail {
  access<T>(what: Access, fetch: () => T | Promise<T>): Promise<T>;
  subject(number: string): string;
}

export interface Instrument {
  trail: RowTrail;
  map: FieldMap;
  /** What is said of each access beside its fields and persons, over what `withActor` has set. Default: operation use. */
  what?: Omit<Partial<AccessRecord>, 'fields' | 'subject' | 'population' | 'part'>;
}

/** What a result holds: fields of the policy, and the numbers of the persons they are about. */
export interface Seen {
  fields: Set<string>;
  numbers: Set<string>;
}

/** The value of column `index` in a row. */
export type ValueAt<Row> = (row: Row, index: number) => unknown;

/**
 * Derives fields and persons from the columns that were selected; every field counts for every person. Throws `FieldMapError` when a column is not mapped, or
 * when rows hold personal data and no column that says whose; then nothing may be released.
 */
export function seenIn<Row>(
  map: FieldMap,
  columns: readonly ResultColumn[],
  rows: readonly Row[],
  valueAt: ValueAt<Row>,
): Seen {
  const fields = new Set<string>();
  const unknown: string[] = [];
  for (const column of columns) {
    const field = map.fieldOf(column);
    if (field === undefined) unknown.push(nameOf(column));
    else if (field !== null) fields.add(field);
  }
  if (unknown.length > 0) throw unmapped(unknown);
  const numbers = new Set<string>();
  if (fields.size === 0) return { fields, numbers };
  const indexes = columns.flatMap((column, index) => (map.isSubject(column) ? [index] : []));
  for (const row of rows) {
    // A join may name several persons in a row, or one of them twice, or nobody on one side.
    const named = indexes.map(index => valueAt(row, index)).filter(value => value !== null);
    for (const value of named.length === 0 ? [undefined] : named) numbers.add(numberOf(value, [...fields]));
  }
  return { fields, numbers };
}

/**
 * Records what was seen, then gives `released` to the caller. No event when no column holds anything personal; a
 * search that found nobody is an access to a population of 0.
 */
export async function release<T>({ trail, what }: Instrument, seen: Seen, released: T): Promise<T> {
  if (seen.fields.size === 0) return released;
  const subjects = [...seen.numbers].map(number => trail.subject(number));
  return trail.access({ operation: 'use', ...what, fields: [...seen.fields], subjects }, () => released);
}

export function numberOf(value: unknown, fields: readonly string[]): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return String(value);
  throw new FieldMapError(
    `a row with ${fields.join(', ')} does not say whose it is; select a column that the field map lists under subjects`,
  );
}

const nameOf = ({ name, table, column }: ResultColumn) =>
  column === undefined ? `the expression ${name}` : `${table}.${column}`;
