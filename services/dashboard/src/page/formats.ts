// SPDX-License-Identifier: Apache-2.0
// Numbers and times as a reader of the chosen language expects them; every time in Asia/Tokyo.
import { tokyoDay } from './periods.ts';
import type { Language } from './texts/languages.ts';

// British English writes days first but shortens a million to "m"; numbers are therefore American.
const TIMES: Record<Language, string> = { ja: 'ja-JP', en: 'en-GB' };
const NUMBERS: Record<Language, string> = { ja: 'ja-JP', en: 'en-US' };

export interface Formats {
  /** All digits, grouped. */
  count(value: number): string;
  /** Fits a narrow cell: all digits up to 9,999, then "1.2万" or "12K". */
  shortCount(value: number): string;
  /** Day and time to the second. The text as received when it is no time. */
  time(rfc3339: string): string;
  /** As `time`, without the year when it is the year of `now` (milliseconds since 1970) in Tokyo. */
  recentTime(rfc3339: string, now: number): string;
  /** Day and time to the minute. */
  minute(rfc3339: string): string;
}

export function createFormats(language: Language): Formats {
  const full = new Intl.NumberFormat(NUMBERS[language]);
  const short = new Intl.NumberFormat(NUMBERS[language], {
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
  const withYear = timeFormatter(TIMES[language], { year: 'numeric', second: '2-digit' });
  const withoutYear = timeFormatter(TIMES[language], { second: '2-digit' });
  return {
    count: value => full.format(value),
    shortCount: value => (value < 10_000 ? full.format(value) : short.format(value)),
    time: withYear,
    recentTime: (rfc3339, now) => (isYearOf(rfc3339, now) ? withoutYear(rfc3339) : withYear(rfc3339)),
    minute: timeFormatter(TIMES[language], { year: 'numeric' }),
  };
}

function isYearOf(rfc3339: string, now: number): boolean {
  const moment = Date.parse(rfc3339);
  return !Number.isNaN(moment) && tokyoDay(moment).slice(0, 4) === tokyoDay(now).slice(0, 4);
}

type Parts = Pick<Intl.DateTimeFormatOptions, 'year' | 'second'>;

function timeFormatter(locale: string, parts: Parts): (rfc3339: string) => string {
  const formatter = new Intl.DateTimeFormat(locale, {
    timeZone: 'Asia/Tokyo',
    month: locale === 'ja-JP' ? '2-digit' : 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...parts,
  });
  return rfc3339 => {
    const moment = Date.parse(rfc3339);
    return Number.isNaN(moment) ? rfc3339 : formatter.format(moment);
  };
}
