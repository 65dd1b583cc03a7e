// SPDX-License-Identifier: Apache-2.0
// The mapping file: which column of the database is which field of the policy, and which column says whose row it is.
import { z } from 'zod';

/** The field map cannot be used, or does not say what a result holds. Messages name columns, never values. */
export class FieldMapError extends Error {
  readonly code = 'FIELD_MAP';

  constructor(message: string) {
    super(message);
    this.name = 'FieldMapError';
  }
}

/** Columns, and expressions of a statement, of which the map says nothing. */
export function unmapped(names: readonly string[]): FieldMapError {
  return new FieldMapError(
    `the field map does not say what ${names.join(', ')} holds; add it, with null for nothing personal`,
  );
}

const column = z.string().regex(/^[^.]+(\.[^.]+){1,2}$/, 'expected table.column');

const document = z.strictObject({
  format: z.literal('ashiato.fields/1'),
  /** Columns that hold the number of the person a row is about. */
  subjects: z.array(column).min(1),
  /** `table.column` → field of the policy; null when it holds nothing personal. `table.*` may only be null. */
  fields: z.record(column, z.string().min(1).nullable()),
  /** The same for results that are no column, by their name in the result: `count`, `upper`. */
  expressions: z.record(z.string(), z.string().min(1).nullable()).optional(),
});

/** Where the database says that a column of a result comes from; without `column` it is an expression. */
export interface ResultColumn {
  name: string;
  table?: string | undefined;
  column?: string | undefined;
}

export interface FieldMap {
  /** Field of the policy, null for nothing personal, undefined when the map does not say. */
  fieldOf(column: ResultColumn): string | null | undefined;
  isSubject(column: ResultColumn): boolean;
}

/** Reads what `JSON.parse` made of a mapping file. Throws `FieldMapError` with all problems at once. */
export function readFieldMap(json: unknown): FieldMap {
  const parsed = document.safeParse(json);
  if (!parsed.success) {
    throw new FieldMapError(`the field map cannot be used:\n${z.prettifyError(parsed.error)}`);
  }
  const { subjects, fields, expressions = {} } = parsed.data;
  const wrong = [
    ...subjects
      .filter(name => !Object.hasOwn(fields, name))
      .map(name => `${name} is a subject and not in fields`),
    ...Object.entries(fields)
      .filter(([name, field]) => name.endsWith('.*') && field !== null)
      .map(([name]) => `${name} can only be null; name each column that holds personal data`),
  ];
  if (wrong.length > 0) throw new FieldMapError(`the field map cannot be used:\n${wrong.join('\n')}`);
  const known = new Map(Object.entries(fields));
  const computed = new Map(Object.entries(expressions));
  const people = new Set(subjects);
  return {
    fieldOf({ name, table, column }) {
      if (table === undefined || column === undefined) return computed.get(name);
      const field = known.get(`${table}.${column}`);
      return field === undefined ? known.get(`${table}.*`) : field;
    },
    isSubject: ({ table, column }) => people.has(`${table}.${column}`),
  };
}
