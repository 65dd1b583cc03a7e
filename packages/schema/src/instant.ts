// SPDX-License-Identifier: Apache-2.0
// The event's time is asked for by the judge, by the marks and by its column: it is parsed once.

let lastText = '';
let lastInstant = Number.NaN;

/** `Date.parse`, remembering the last answer. */
export function parseInstant(text: string): number {
  if (text === lastText) return lastInstant;
  lastInstant = Date.parse(text);
  lastText = text;
  return lastInstant;
}
