// SPDX-License-Identifier: Apache-2.0

import { parseInstant } from '@ashiato/schema';

const EARLIEST = Date.UTC(1900, 0, 1) * 1000;
/** 2255-06-05: the last microsecond that a number holds exactly. */
const LATEST = Number.MAX_SAFE_INTEGER;

/**
 * An RFC 3339 time as microseconds since 1970; finer digits are cut off (the committed event keeps them). What
 * no column can hold is moved to the nearest that can. `undefined` when the text is no time.
 */
export function timeMicros(text: string): number | undefined {
  const millis = parseInstant(text.length > 20 && text.charCodeAt(10) === 84 ? text : text.toUpperCase());
  if (Number.isNaN(millis) || (text.charCodeAt(10) !== 84 && text.charCodeAt(10) !== 116)) return undefined;
  const micros = millis * 1000 + finerDigits(text);
  return Math.min(Math.max(micros, EARLIEST), LATEST);
}

/** The fourth to sixth digit after the point: below `Date`'s resolution. */
function finerDigits(text: string): number {
  if (text.charCodeAt(19) !== 46) return 0;
  let micros = 0;
  for (let place = 23, weight = 100; weight >= 1; place++, weight /= 10) {
    const digit = text.charCodeAt(place) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    micros += digit * weight;
  }
  return micros;
}
