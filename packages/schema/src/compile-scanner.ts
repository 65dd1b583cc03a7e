// SPDX-License-Identifier: Apache-2.0
// Turns a zod schema into a reader that parses and checks the bytes of an event in one pass. It knows only the
// plain spelling that programs write: ASCII without escapes, every member in the schema and well formed. Such
// bytes give the value that JSON.parse gives; for all others it says nothing, and decode goes the long way. A
// property test holds both to the same answer.
import type { z } from 'zod';
import { bound, type Definition, definition, longestOf, patternOf } from './zod-definition.ts';

/** The event, or undefined when it is for the long way; `text` = the same bytes, one character each. */
export type Scanner = (bytes: Uint8Array, text: string) => Record<string, unknown> | undefined;

/** Strings of a member seen before are known to be well formed; so many are kept, then all are forgotten. */
const MOST_KNOWN = 4_096;
/** Members of an object are told apart by the bits of one small integer. */
const MOST_MEMBERS = 30;

const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x5c),
);

/** The first texts of a member are found by their bytes alone: most members have few. A power of two. */
const NEAR = 64;

interface Text {
  known: Map<string, string>;
  near: (Uint8Array | undefined)[];
  nearTexts: string[];
  longest: number;
  /** Undefined: only the texts known from the start are right. */
  pattern: RegExp | undefined;
  /** Members whose texts hardly repeat (ids, times) turn out so: then remembering would only cost. */
  remembers: boolean;
  /** How often `known` was full. */
  forgotten: number;
}

const nothingNear = () => ({ near: new Array(NEAR).fill(undefined), nearTexts: new Array(NEAR).fill('') });

const textPlace = (def: Definition): Text => ({
  known: new Map(),
  ...nothingNear(),
  longest: longestOf(def),
  pattern: patternOf(def),
  remembers: true,
  forgotten: 0,
});

const fixedTexts = (texts: string[]): Text => ({
  known: new Map(texts.map(text => [text, text])),
  ...nothingNear(),
  longest: 0,
  pattern: undefined,
  remembers: false,
  forgotten: 0,
});

interface Draft {
  functions: string[];
  texts: Text[];
  objects: { names: Uint8Array[]; order: Uint8Array }[];
}

/** Compiles `schema`, which MUST be a strict object at its root. */
export function compileScanner(schema: z.ZodType): Scanner {
  const draft: Draft = { functions: [], texts: [], objects: [] };
  const root = objectFunction(schema, '', draft);
  const body = `${RUNTIME}\n${draft.functions.join('\n')}\nreturn (bytes, text) => {
  b = bytes; t = text; i = 0;
  if (b[0] <= 32) skip();
  const value = ${root}();
  if (value === NONE) return undefined;
  if (i < b.length) skip();
  return i === b.length ? value : undefined;
};`;
  return new Function('PLAIN', 'texts', 'objects', 'MOST_KNOWN', body)(
    PLAIN,
    draft.texts,
    draft.objects,
    MOST_KNOWN,
  ) as Scanner;
}

/** What the generated functions share: `b` and `t` are the event, `i` the place reached. */
const RUNTIME = `'use strict';
const NONE = Symbol('none');
let b, t, i;
function skip() { let c = b[i]; while (c === 32 || c === 10 || c === 13 || c === 9) c = b[++i]; }
function isName(name) {
  const n = name.length;
  if (i + n > b.length) return false;
  for (let j = 0; j < n; j++) if (b[i + j] !== name[j]) return false;
  i += n;
  return true;
}
function member(object, step) {
  const { names, order } = object;
  let k = order[step];
  if (!isName(names[k])) {
    for (k = 0; k < names.length && !isName(names[k]); k++);
    if (k === names.length) return -1;
    order[step] = k;
  }
  if (b[i] !== 58) skip();
  if (b[i] !== 58) return -1;
  if (b[++i] <= 32) skip();
  return k;
}
function string(place) {
  if (b[i] !== 34) return NONE;
  const from = ++i;
  while (PLAIN[b[i]] === 1) i++;
  if (b[i] !== 34) return NONE;
  const to = i++;
  if (!place.remembers && place.pattern !== undefined) return checked(place, t.slice(from, to));
  const slot = (to - from + 31 * b[to - 1] + 7 * b[(from + to) >> 1]) & ${NEAR - 1};
  const near = place.near[slot];
  if (near !== undefined && isAt(near, from, to)) return place.nearTexts[slot];
  const text = t.slice(from, to);
  const known = place.known.get(text);
  if (known === undefined && (place.pattern === undefined || checked(place, text) === NONE)) return NONE;
  const own = known ?? remember(place, text, from);
  if (near === undefined) { place.near[slot] = Uint8Array.prototype.slice.call(b, from, to); place.nearTexts[slot] = own; }
  return own;
}
function isAt(bytes, from, to) {
  const n = bytes.length;
  if (n !== to - from) return false;
  for (let j = 0; j < n; j++) if (b[from + j] !== bytes[j]) return false;
  return true;
}
function checked(place, text) {
  return text.length > place.longest || !place.pattern.test(text) ? NONE : text;
}
function remember(place, text, from) {
  if (place.known.size >= MOST_KNOWN) { place.known.clear(); place.remembers = ++place.forgotten < 3; }
  // A copy of its own: a slice would keep the whole event alive.
  const own = Buffer.from(b.buffer, b.byteOffset, b.length).latin1Slice(from, from + text.length);
  place.known.set(own, own);
  return own;
}
function whole(min, max) {
  const from = i;
  let n = 0;
  for (let c = b[i]; c >= 48 && c <= 57 && i - from < 16; c = b[++i]) n = n * 10 + c - 48;
  const digits = i - from, c = b[i];
  if (digits === 0 || digits > 15 || (digits > 1 && b[from] === 48)) return NONE;
  if (c === 46 || c === 69 || c === 101 || n < min || n > max) return NONE;
  return n;
}
function truth() {
  if (t.startsWith('true', i)) { i += 4; return true; }
  if (t.startsWith('false', i)) { i += 5; return false; }
  return NONE;
}`;

function objectFunction(schema: z.ZodType, pointer: string, draft: Draft): string {
  const members = Object.entries(definition(schema).shape!);
  if (members.length > MOST_MEMBERS) throw new Error(`compile-scanner: ${pointer} has too many members`);
  const name = `o${draft.functions.length}`;
  const place = draft.functions.push('') - 1;
  const object = draft.objects.push({
    names: members.map(([key]) => Buffer.from(JSON.stringify(key))),
    order: new Uint8Array(MOST_MEMBERS),
  });
  const required = members.reduce(
    (bits, [, member], k) => (definition(member).type === 'optional' ? bits : bits | (1 << k)),
    0,
  );
  const cases = members.map(([key, member], k) => {
    const read = valueCode(member, `${pointer}/${key}`, draft);
    return `case ${k}: { const v = ${read}; if (v === NONE) return NONE; o[${JSON.stringify(key)}] = v; break; }`;
  });
  draft.functions[place] = `const m${object} = objects[${object - 1}];
function ${name}() {
  if (b[i] !== 123) return NONE;
  if (b[++i] <= 32) skip();
  const o = {};
  let seen = 0;
  for (let step = 0; ; step++) {
    if (step === 0 && b[i] === 125) { i++; break; }
    const k = member(m${object}, step);
    if (k < 0 || (seen & (1 << k)) !== 0) return NONE;
    seen |= 1 << k;
    switch (k) {
      ${cases.join('\n      ')}
    }
    if (b[i] <= 32) skip();
    const c = b[i++];
    if (c === 125) break;
    if (c !== 44) return NONE;
    if (b[i] <= 32) skip();
  }
  return (seen & ${required}) === ${required} ? o : NONE;
}`;
  return name;
}

/** An expression that reads the value at `i`, or NONE. */
function valueCode(schema: z.ZodType, pointer: string, draft: Draft): string {
  const def = definition(schema);
  const text = (place: Text) => `string(texts[${draft.texts.push(place) - 1}])`;
  switch (def.type) {
    case 'optional':
      return valueCode(def.innerType!, pointer, draft);
    case 'object':
      return `${objectFunction(schema, pointer, draft)}()`;
    case 'array':
      return `${listFunction(def, pointer, draft)}()`;
    case 'string':
      return text({ ...textPlace(def), ...(patternOf(def) ? {} : { pattern: /^/ }) });
    case 'literal':
      return text(fixedTexts([def.values![0] as string]));
    case 'enum':
      return text(fixedTexts(Object.values(def.entries!)));
    case 'number':
      return `whole(${bound(def, 'greater_than', 'value')}, ${bound(def, 'less_than', 'value')})`;
    case 'boolean':
      return 'truth()';
    default:
      throw new Error(
        `compile-scanner: zod construct "${def.type}" is not used in this room; teach it here first`,
      );
  }
}

function listFunction(def: Definition, pointer: string, draft: Draft): string {
  const name = `l${draft.functions.length}`;
  const place = draft.functions.push('') - 1;
  const read = valueCode(def.element!, pointer, draft);
  draft.functions[place] = `function ${name}() {
  if (b[i] !== 91) return NONE;
  if (b[++i] <= 32) skip();
  const list = [];
  if (b[i] === 93) { i++; return list; }
  for (;;) {
    const v = ${read};
    if (v === NONE) return NONE;
    if (list.push(v) > ${bound(def, 'max_length', 'maximum')}) return NONE;
    if (b[i] <= 32) skip();
    const c = b[i++];
    if (c === 93) return list;
    if (c !== 44) return NONE;
    if (b[i] <= 32) skip();
  }
}`;
  return name;
}
