// SPDX-License-Identifier: Apache-2.0
// Periods of the page: whole days of Asia/Tokyo, half-open [from, to) as the API wants them (DESIGN 9).
// Japan has kept UTC+9 without summer time since 1952, so a day is always 24 hours from 15:00 UTC.

const DAY_MS = 86_400_000;
const TOKYO_MS = 9 * 3_600_000;

/** `YYYY-MM-DD`, a day of Asia/Tokyo. */
export type Day = string;
export type PeriodChoice = { kind: 'today' | '7d' | '30d' } | { kind: 'free'; firstDay: Day; lastDay: Day };

/** RFC 3339 with +09:00; `from` belongs to the period, `to` does not. */
export interface Period {
  from: string;
  to: string;
}

/** The day of Asia/Tokyo at this moment (milliseconds since 1970). */
export function tokyoDay(moment: number): Day {
  return new Date(moment + TOKYO_MS).toISOString().slice(0, 10);
}

/** True for a day that exists in the calendar; `2026-02-30` does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const start = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(text);
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** `undefined` when the days of a free choice do not exist or stand in the wrong order. */
export function resolvePeriod(choice: PeriodChoice, now: number): Period | undefined {
  const days = choiceDays(choice, now);
  if (!isDay(days.firstDay) || !isDay(days.lastDay) || days.firstDay > days.lastDay) return undefined;
  return { from: startOf(days.firstDay), to: startOf(addDays(days.lastDay, 1)) };
}

/** First and last day of a choice; "7 days" ends with today and includes it. */
export function choiceDays(choice: PeriodChoice, now: number): { firstDay: Day; lastDay: Day } {
  const today = tokyoDay(now);
  switch (choice.kind) {
    case 'today':
      return { firstDay: today, lastDay: today };
    case '7d':
      return { firstDay: addDays(today, -6), lastDay: today };
    case '30d':
      return { firstDay: addDays(today, -29), lastDay: today };
    case 'free':
      return { firstDay: choice.firstDay, lastDay: choice.lastDay };
  }
}

function startOf(day: Day): string {
  return `${day}T00:00:00+09:00`;
}
