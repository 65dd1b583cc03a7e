// SPDX-License-Identifier: Apache-2.0
// Days of a policy's time zone as instants, and instants of events. Intl holds the zones; no clock is read.
import { parseInstant } from '@ashiato/schema';
import { z } from 'zod';

/** Milliseconds that local time in the zone is ahead of UTC at this instant. */
function offsetAt(instant: number, timezone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!) - instant;
}

/** The instant at which a day (`YYYY-MM-DD`) starts in the zone, in milliseconds since 1970 UTC. */
export function startOfDay(day: string, timezone: string): number {
  const asUtc = Date.parse(`${day}T00:00:00Z`);
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess = asUtc - offsetAt(asUtc, timezone);
  return asUtc - offsetAt(guess, timezone);
}

/** RFC 3339 text of the start of a day, with the zone's offset: `2024-04-01T00:00:00+09:00`. */
export function startOfDayText(day: string, timezone: string): string {
  const minutes = (Date.parse(`${day}T00:00:00Z`) - startOfDay(day, timezone)) / 60_000;
  const size = Math.abs(minutes);
  const clock = `${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
  return `${day}T00:00:00${minutes < 0 ? '-' : '+'}${clock}`;
}

const RFC_3339 = z.regexes.datetime({ offset: true });

/** Milliseconds since 1970 of an RFC 3339 time with offset (section 5.6); NaN for anything else. */
export function readInstant(text: unknown): number {
  if (typeof text !== 'string' || text.length > 64) return Number.NaN;
  const upper = text.charCodeAt(10) === 116 || text.endsWith('z') ? text.toUpperCase() : text;
  return RFC_3339.test(upper) ? parseInstant(upper) : Number.NaN;
}
