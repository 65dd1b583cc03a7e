// SPDX-License-Identifier: Apache-2.0
// Turns a zod schema into one flat function that visits a parsed event once. The zod schema stays the
// published one: a property test holds both to the same answer. Only the constructs used in this room are
// understood; anything else is refused when the module loads, never at the first event.
import type { z } from 'zod';
import { bound, type Definition, definition } from './zod-definition.ts';

/** What is wrong with one member. `outside_schema` and `malformed` values are later kept encrypted. */
export interface Problem {
  /** JSON pointer (RFC 6901) into the event. */
  member: string;
  kind: 'outside_schema' | 'malformed' | 'missing';
  /** What the schema would accept there, in words. */
  expected: string;
}

/** Visits `value`, adds what is wrong to `problems`, and returns how many object members it saw, all depths. */
export type Checker = (value: unknown, problems: Problem[]) => number;

interface Draft {
  functions: string[];
  constants: unknown[];
}

/** Compiles `schema`, which MUST be a strict object at its root. */
export function compileChecker(schema: z.ZodType): Checker {
  const draft: Draft = { functions: [], constants: [countMembers] };
  const root = objectFunction(schema, draft);
  const body = `'use strict';${draft.functions.join('\n')}\nreturn (v, out) => ${root}(v, '', out);`;
  return new Function('c', body)(draft.constants) as Checker;
}

/** Counts object members at every depth; used for values that no schema describes. */
export function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) for (const element of value) members += countMembers(element);
  else
    for (const key of Object.keys(value))
      members += 1 + countMembers((value as Record<string, unknown>)[key]);
  return members;
}

function objectFunction(schema: z.ZodType, draft: Draft): string {
  const shape = definition(schema).shape!;
  const name = `o${draft.functions.length}`;
  draft.functions.push('');
  const place = draft.functions.length - 1;
  const required: string[] = [];
  const cases = Object.entries(shape).map(([key, member]) => {
    const def = definition(member);
    const inner = def.type === 'optional' ? def.innerType! : member;
    if (def.type !== 'optional') required.push(key);
    const bit = def.type === 'optional' ? '' : `seen |= ${1 << (required.length - 1)};`;
    const pointer = `p + ${JSON.stringify(`/${escapePointer(key)}`)}`;
    return `case ${JSON.stringify(key)}: ${bit} ${memberCode(inner, 'x', pointer, draft)} break;`;
  });
  const missing = required.map(
    (key, i) =>
      `if (!(seen & ${1 << i})) out.push({ member: p + ${JSON.stringify(`/${key}`)}, kind: 'missing', expected: ${JSON.stringify(expectation(shape[key]!))} });`,
  );
  draft.functions[place] = `function ${name}(v, p, out) {
  let n = 0, seen = 0;
  for (const k in v) { n++; const x = v[k]; switch (k) {
    ${cases.join('\n    ')}
    default: n += c[0](x); out.push({ member: p + '/' + k.replaceAll('~', '~0').replaceAll('/', '~1'), kind: 'outside_schema', expected: 'no such member' });
  } }
  if (seen !== ${2 ** required.length - 1}) { ${missing.join(' ')} }
  return n;
}`;
  return name;
}

const escapePointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Code that checks the value in variable `x`; `pointer` is an expression for its JSON pointer. */
function memberCode(schema: z.ZodType, x: string, pointer: string, draft: Draft): string {
  const def = definition(schema);
  const malformed = `{ n += c[0](${x}); out.push({ member: ${pointer}, kind: 'malformed', expected: ${JSON.stringify(expectation(schema))} }); }`;
  if (def.type === 'object') {
    const call = `n += ${objectFunction(schema, draft)}(${x}, ${pointer}, out);`;
    return `if (typeof ${x} === 'object' && ${x} !== null && !Array.isArray(${x})) { ${call} } else ${malformed}`;
  }
  if (def.type === 'array') {
    const each = memberCode(def.element!, 'e', `${pointer} + '/' + i`, draft);
    const loop = `for (let i = 0; i < ${x}.length; i++) { const e = ${x}[i]; ${each} }`;
    return `if (Array.isArray(${x}) && ${x}.length <= ${bound(def, 'max_length', 'maximum')}) { ${loop} } else ${malformed}`;
  }
  return `if (!(${scalarTest(def, x, draft)})) ${malformed}`;
}

function scalarTest(def: Definition, x: string, draft: Draft): string {
  switch (def.type) {
    case 'string':
      return stringTest(def, x, draft);
    case 'number':
      return `Number.isSafeInteger(${x}) && ${x} >= ${bound(def, 'greater_than', 'value')} && ${x} <= ${bound(def, 'less_than', 'value')}`;
    case 'boolean':
      return `typeof ${x} === 'boolean'`;
    case 'literal':
      return `${x} === ${JSON.stringify(def.values![0])}`;
    case 'enum':
      return Object.values(def.entries!)
        .map(value => `${x} === ${JSON.stringify(value)}`)
        .join(' || ');
    default:
      throw new Error(
        `compile-checker: zod construct "${def.type}" is not used in this room; teach it here first`,
      );
  }
}

function stringTest(def: Definition, x: string, draft: Draft): string {
  const tests = [`typeof ${x} === 'string'`];
  for (const check of def.checks ?? []) {
    const { check: kind, format, pattern, maximum } = check._zod.def;
    if (kind === 'max_length') tests.push(`${x}.length <= ${maximum}`);
    else if (kind === 'string_format' && format === 'regex') {
      draft.constants.push(pattern);
      tests.push(`c[${draft.constants.length - 1}].test(${x})`);
    } else
      throw new Error(
        `compile-checker: string check "${String(kind)}" is not used in this room; teach it here first`,
      );
  }
  // The cheap length test goes first, so that no pattern ever runs over a long string.
  return tests.sort((a, b) => Number(a.includes('.test(')) - Number(b.includes('.test('))).join(' && ');
}

/** What a schema accepts, in words for people who must mend an event. */
function expectation(schema: z.ZodType): string {
  const def = definition(schema);
  switch (def.type) {
    case 'optional':
      return expectation(def.innerType!);
    case 'literal':
      return JSON.stringify(def.values![0]);
    case 'enum':
      return `one of ${Object.values(def.entries!).join(', ')}`;
    case 'number':
      return `an integer from ${bound(def, 'greater_than', 'value')} to ${bound(def, 'less_than', 'value')}`;
    case 'array':
      return `a list of at most ${bound(def, 'max_length', 'maximum')}: ${expectation(def.element!)}`;
    case 'object':
      return `an object with ${Object.keys(def.shape!).join(', ')}`;
    case 'string':
      return stringExpectation(def);
    default:
      return def.type === 'boolean' ? 'true or false' : def.type;
  }
}

function stringExpectation(def: Definition): string {
  const words = (def.checks ?? []).map(check => {
    const { check: kind, pattern, maximum } = check._zod.def;
    return kind === 'max_length' ? `at most ${maximum} characters` : `like ${(pattern as RegExp).source}`;
  });
  return `a string ${words.join(', ')}`;
}
