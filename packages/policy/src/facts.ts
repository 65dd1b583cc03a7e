// SPDX-License-Identifier: Apache-2.0
// What an event states, read from untrusted JSON: every member may be missing or of any type.
import type { FieldSlot, Vocabulary } from './vocabulary.ts';

export type Facts = {
  at: number;
  refs: Readonly<Record<string, unknown>>;
  channel: unknown;
  recipient: Readonly<Record<string, unknown>>;
  businessState: string;
  /** population.count, else result.count; NaN where neither is a number. */
  persons: number;
  /** A population, or a part of one act on several persons. */
  manyPersons: boolean;
  fieldsMissing: boolean;
  fields: readonly FieldSlot[];
  /** Names of fields in no list; a name that is no id is replaced by its place, for it could be anything. */
  unlisted: readonly string[];
};

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
const NO_NAMES: readonly string[] = Object.freeze([]);
const NO_FIELDS: readonly FieldSlot[] = Object.freeze([]);
const PRINTABLE_ID = /^[A-Za-z][A-Za-z0-9_]*(?:[.:-][A-Za-z0-9_]+)*$/;

/** The value as an object with members; of anything else, an object without any. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : NOTHING;
}

/** A reference is present when it is a non-empty text. */
export function hasReference(refs: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = refs[name];
  return typeof value === 'string' && value !== '';
}

/** Reads the members of `data` that rows may ask about. `at` is the event's time in milliseconds. */
export function readFacts(
  data: Readonly<Record<string, unknown>>,
  at: number,
  businessState: string,
  vocabulary: Vocabulary,
): Facts {
  const { fields, unlisted } = readFields(data.fields, vocabulary);
  const population = data.population === undefined ? undefined : membersOf(data.population).count;
  const part = data.part === undefined ? undefined : membersOf(data.part).of;
  return {
    at,
    refs: membersOf(data.refs),
    channel: data.channel,
    recipient: membersOf(data.recipient),
    businessState,
    persons: typeof population === 'number' ? population : countOf(data.result),
    manyPersons: typeof population === 'number' || (typeof part === 'number' && part > 1),
    fieldsMissing: data.fields === undefined || data.fields === null,
    fields,
    unlisted,
  };
}

function countOf(result: unknown): number {
  const count = membersOf(result).count;
  return typeof count === 'number' ? count : Number.NaN;
}

function readFields(value: unknown, vocabulary: Vocabulary): Pick<Facts, 'fields' | 'unlisted'> {
  if (value === undefined || value === null) return { fields: NO_FIELDS, unlisted: NO_NAMES };
  // Something that is no list of names is one name that nobody lists.
  if (!Array.isArray(value)) return { fields: NO_FIELDS, unlisted: ['fields'] };
  const fields: FieldSlot[] = [];
  let unlisted: string[] | undefined;
  for (let index = 0; index < value.length; index++) {
    const name: unknown = value[index];
    const slot = vocabulary.fieldById.get(name as string);
    if (slot) {
      fields.push(slot);
      continue;
    }
    unlisted ??= [];
    const printable = typeof name === 'string' && name.length <= 128 && PRINTABLE_ID.test(name);
    unlisted.push(printable ? name : `fields[${index}]`);
  }
  return { fields, unlisted: unlisted ? [...new Set(unlisted)].sort() : NO_NAMES };
}
