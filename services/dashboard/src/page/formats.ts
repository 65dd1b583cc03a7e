// SPDX-License-Identifier: Apache-2.0
// Numbers and times as a reader of the chosen language expects them; every time in Asia/Tokyo.
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
  /** Day and time to the minute. */
  minute(rfc3339: string): string;
}

export function createFormats(language: Language): Formats {
  const full = new Intl.NumberFormat(NUMBERS[language]);
  const short = new Intl.NumberFormat(NUMBERS[language], {
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
  return {
    count: value => full.format(value),
    shortCount: value => (value < 10_000 ? full.format(value) : short.format(value)),
    time: timeFormatter(TIMES[language], true),
    minute: timeFormatter(TIMES[language], false),
  };
}

function timeFormatter(locale: string, seconds: boolean): (rfc3339: string) => string {
  const formatter = new Intl.DateTimeFormat(locale, {
    timeZone: 'Asia/Tokyo',
    year: 'numeric',
    month: locale === 'ja-JP' ? '2-digit' : 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(seconds ? { second: '2-digit' } : {}),
  });
  return rfc3339 => {
    const moment = Date.parse(rfc3339);
    return Number.isNaN(moment) ? rfc3339 : formatter.format(moment);
  };
}
