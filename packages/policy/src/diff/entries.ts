// SPDX-License-Identifier: Apache-2.0
// What a version consists of, section by section, and for each member which way is wider. Wider = lets more through.
import type { PolicyBundle } from '../bundle.ts';

export type Value = string | number | boolean | null | readonly string[];
export type Entry = {
  id: string;
  clause?: string;
  ja?: string;
  en?: string;
  /** Members by dotted name; lists of words stay lists. */
  members: ReadonlyMap<string, Value>;
};

/**
 * more, less: a list of which more is wider, or narrower; absent = empty. any_of: a list of which one is asked, or
 * to which something is limited; absent = nothing asked, no limit. freedom, duty: a switch that widens, or narrows.
 * start, end: days; an absent end is open. outcome: of a row; absent = the row says nothing.
 */
export type Sense = 'more' | 'less' | 'any_of' | 'freedom' | 'duty' | 'start' | 'end' | 'outcome';

const PERIOD: Readonly<Record<string, Sense>> = { from: 'start', to: 'end' };
const OUTCOMES: Readonly<Record<string, Sense>> = { literal: 'outcome', strict: 'outcome' };
const SENSES: Readonly<Record<string, Readonly<Record<string, Sense>>>> = {
  policy: { effective_from: 'start', effective_to: 'end' },
  groups: { fields: 'more' },
  fields: { collected: 'freedom' },
  purposes: {
    'needs.references': 'any_of',
    'needs.channels': 'any_of',
    'needs.many_persons': 'duty',
    not_needed: 'less',
    requires_parent: 'duty',
  },
  businesses: { requires_parent: 'duty' },
  recipients: { purposes: 'more', fields: 'more' },
  fallback: OUTCOMES,
  rules: OUTCOMES,
  partners: { ...PERIOD, areas: 'more' },
  agreements: { ...PERIOD, nda: 'freedom', purposes: 'any_of', fields: 'any_of' },
};

/** Which way a member of a section is wider; undefined = neither, such as a wording. */
export const senseOf = (section: string, member: string): Sense | undefined => SENSES[section]?.[member];

/** Sections by name in the order of the files: every list of theirs, and what stands beside the lists. */
export function sectionsOf({ policy, rules, registers }: PolicyBundle): Map<string, Entry[]> {
  const fieldsOf = (group: string) =>
    policy.fields.map(({ id }) => id).filter(id => id.split('.')[0] === group);
  const { rules: _rules, registers: _registers, format: _format, ...own } = policy;
  return new Map([
    ...listsOf('policy', own),
    ['groups', policy.groups.map(group => entry(group.id, { ...group, fields: fieldsOf(group.id) }))],
    ['families', Object.entries(rules.families).map(([id, family]) => entry(id, family))],
    ['fallback', Object.entries(rules.fallback).map(([id, meaning]) => entry(id, meaning))],
    // What a row asks for is compared by itself.
    ['rules', rules.rules.map(({ code, when: _, ...row }) => entry(code, row))],
    ...listsOf('registers', registers),
  ]);
}

function listsOf(name: string, document: Readonly<Record<string, unknown>>): [string, Entry[]][] {
  const isList = (value: unknown): value is object[] =>
    Array.isArray(value) && value.every(item => typeof item === 'object');
  const members = Object.entries(document);
  const plain = Object.fromEntries(members.filter(([, value]) => !isList(value)));
  const lists = members.flatMap(([section, value]): [string, Entry[]][] =>
    isList(value) ? [[section, named(value)]] : [],
  );
  return [[name, [entry(name, plain)]], ...lists];
}

/** An id that comes twice (a partner with several periods) is told apart by its place. */
function named(list: readonly object[]): Entry[] {
  const seen = new Map<string, number>();
  return list.map(item => {
    const id = nameOf(item as Record<string, unknown>);
    const place = (seen.get(id) ?? 0) + 1;
    seen.set(id, place);
    return entry(place === 1 ? id : `${id} (${place})`, item);
  });
}

/** The id; where an entry has none, what it is about. */
function nameOf({ id, prefix, clause, group, contract_kinds }: Record<string, unknown>): string {
  return [id ?? prefix ?? [clause, group, contract_kinds]].flat(2).filter(Boolean).join(' ');
}

function entry(id: string, item: object): Entry {
  const { id: _, ...rest } = item as Record<string, unknown>;
  const members = new Map(flat('', rest));
  const text = (name: string) => {
    const value = members.get(name);
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return { id, members, ...text('clause'), ...text('ja'), ...text('en') };
}

function flat(name: string, value: unknown): [string, Value][] {
  if (value === undefined) return [];
  if (Array.isArray(value)) {
    if (value.every(item => typeof item === 'string')) return [[name, value]];
    return [[name, value.every(item => typeof item === 'number') ? value.join('-') : JSON.stringify(value)]];
  }
  if (typeof value !== 'object' || value === null) return [[name, value as Value]];
  return Object.entries(value).flatMap(([key, member]) => flat(name === '' ? key : `${name}.${key}`, member));
}
