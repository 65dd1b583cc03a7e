// SPDX-License-Identifier: Apache-2.0
// The elements of a JSON array as the bytes they were sent in, never serialised again.

/**
 * The exact bytes of each element. A body that is no JSON array is one element, whole: it will be judged
 * unreadable and kept as that.
 */
export function elementsOf(body: Buffer): Buffer[] {
  if (!isArray(body)) return [body];
  const elements: Buffer[] = [];
  let depth = 0;
  let start = -1; // first byte of the element under way
  let end = -1; // after its last byte that is not white space
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (isSpace(byte)) continue;
    const closes = byte === CLOSE_LIST || byte === CLOSE;
    if ((byte === COMMA && depth === 1) || (closes && depth === 1)) {
      if (start >= 0) elements.push(body.subarray(start, end));
      start = -1;
      if (closes) depth--;
      continue;
    }
    if (depth > 0 && start < 0) start = at;
    if (byte === OPEN_LIST || byte === OPEN) depth++;
    else if (closes) depth--;
    else if (byte === QUOTE) at = endOfString(body, at);
    end = at + 1;
  }
  return elements;
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

const isSpace = (byte: number) => byte === 32 || byte === 10 || byte === 13 || byte === 9;

/** Index of the quote that ends the string opened at `open`. No byte of a longer UTF-8 sequence is a quote. */
function endOfString(body: Buffer, open: number): number {
  let at = open + 1;
  while (body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Untrusted bytes: only valid JSON goes on to the walk above, which relies on it. */
function isArray(body: Buffer): boolean {
  try {
    return Array.isArray(JSON.parse(body.toString('utf8')));
  } catch {
    return false; // kept whole, judged by its bytes
  }
}
