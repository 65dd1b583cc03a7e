// SPDX-License-Identifier: Apache-2.0
// Periods of events' own times: half-open, of days in a zone or of instants.
import { z } from 'zod';
import { readInstant, startOfDay } from '../zoned-day.ts';

/** Milliseconds since 1970; `from` inclusive, `to` exclusive, infinite where open. */
export type Period = { from: number; to: number };

const day = z.iso.date();

/** A day (`YYYY-MM-DD`, its start in the zone) or an RFC 3339 time, in milliseconds since 1970; NaN for anything else. */
export function instantOf(text: string, timezone: string): number {
  return day.safeParse(text).success ? startOfDay(text, timezone) : readInstant(text);
}
