// SPDX-License-Identifier: Apache-2.0
// Facts about the text of a JSON value that JSON.parse does not tell: how many members it spells, how deep it
// nests, and where a value stands. Callers MUST have parsed the text first: only valid JSON comes in here.
// Texts are "binary strings": one character per byte, so that a position is a byte position; the characters
// that make JSON's structure are ASCII, and no byte of a longer UTF-8 sequence is (RFC 3629 section 3).

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** A half-open range of byte positions. */
export interface Span {
  start: number;
  end: number;
}

export interface Measure {
  /** Object members as spelled, all depths: more than the parsed value has when a name occurs twice. */
  members: number;
  depth: number;
  /** Where the values of `data.actor`, `data.on_behalf_of` and `data.site` stand; -1, -1 when absent. */
  who: [number, number, number, number, number, number];
}

/** Position just after the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (text.charCodeAt(close - 1) === BACKSLASH && escaped(text, close))
    close = text.indexOf('"', close + 1);
  return close + 1;
}

function escaped(text: string, quote: number): boolean {
  let backslashes = 0;
  for (let i = quote - 1; text.charCodeAt(i) === BACKSLASH; i--) backslashes++;
  return backslashes % 2 === 1;
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9;

/** One pass over the whole text. */
export function measure(text: string): Measure {
  const who: Measure['who'] = [-1, -1, -1, -1, -1, -1];
  let members = 0;
  let depth = 0;
  let deepest = 0;
  let name = 0; // where the last string began: at a colon it is the member's name
  let inData = false;
  let open = -1; // which of the three values is open
  for (let i = 0; i < text.length; ) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        name = i;
        i = endOfString(text, i);
        continue;
      case COLON:
        members++;
        if (depth === 1) inData = text.startsWith('"data"', name);
        else if (depth === 2 && inData) {
          open = whoMember(text, name);
          if (open >= 0) who[open] = afterSpace(text, i + 1);
        }
        break;
      case COMMA:
        if (depth === 2 && open >= 0) open = closeValue(text, who, open, i);
        break;
      case OPEN:
      case OPEN_LIST:
        depth++;
        if (depth > deepest) deepest = depth;
        break;
      case CLOSE:
      case CLOSE_LIST:
        if (depth === 2 && open >= 0) open = closeValue(text, who, open, i);
        depth--;
        break;
    }
    i++;
  }
  return { members, depth: deepest, who };
}

/** Index into `who` of the member whose name begins at `name`, or -1. */
function whoMember(text: string, name: number): number {
  const first = text.charCodeAt(name + 1);
  if (first === 97 && text.startsWith('"actor"', name)) return 0;
  if (first === 111 && text.startsWith('"on_behalf_of"', name)) return 2;
  if (first === 115 && text.startsWith('"site"', name)) return 4;
  return -1;
}

function afterSpace(text: string, from: number): number {
  let i = from;
  while (isSpace(text.charCodeAt(i))) i++;
  return i;
}

function closeValue(text: string, who: Measure['who'], open: number, at: number): -1 {
  let end = at;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  who[open + 1] = end;
  return -1;
}

/** Where the values at the given JSON pointers stand. Slow and plain: only for events that have a problem. */
export function locate(text: string, pointers: ReadonlySet<string>): Map<string, Span> {
  const found = new Map<string, Span>();
  let i = 0;
  const space = () => {
    i = afterSpace(text, i);
  };
  const value = (pointer: string): void => {
    space();
    const start = i;
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === OPEN) container(CLOSE, pointer, true);
    else if (code === OPEN_LIST) container(CLOSE_LIST, pointer, false);
    else while (i < text.length && !isSpace(text.charCodeAt(i)) && !',]}'.includes(text[i]!)) i++;
    if (pointers.has(pointer)) found.set(pointer, { start, end: i });
    space();
  };
  const container = (close: number, pointer: string, named: boolean): void => {
    i++;
    space();
    for (let index = 0; text.charCodeAt(i) !== close; index++) {
      let step = String(index);
      if (named) {
        space();
        const from = i;
        i = endOfString(text, i);
        const name = JSON.parse(Buffer.from(text.slice(from, i), 'latin1').toString('utf8')) as string;
        step = name.replaceAll('~', '~0').replaceAll('/', '~1');
        space();
        i++; // the colon
      }
      value(`${pointer}/${step}`);
      if (text.charCodeAt(i) === COMMA) i++;
      space();
    }
    i++;
  };
  value('');
  return found;
}
