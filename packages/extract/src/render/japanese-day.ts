// SPDX-License-Identifier: Apache-2.0
// Days as Japanese papers have them, in Japan's time. Not by Intl: what is printed must be the same bytes everywhere.

const JAPAN_AHEAD_MS = 9 * 3_600_000;
/** First day of each era; before Showa there is nothing here. */
const ERAS = [
  { name: '令和', from: '2019-05-01' },
  { name: '平成', from: '1989-01-08' },
  { name: '昭和', from: '1926-12-25' },
] as const;

/** `2026-04-01 09:30:00` in Japan's time. */
export const japanTime = (at: number): string =>
  new Date(at + JAPAN_AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');

/** `令和8年4月1日` */
export function japaneseDay(at: number): string {
  const day = japanTime(at).slice(0, 10);
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const era = ERAS.find(({ from }) => day >= from);
  if (!era) return `${year}年${month}月${date}日`;
  const ordinal = year - Number(era.from.slice(0, 4)) + 1;
  return `${era.name}${ordinal === 1 ? '元' : ordinal}年${month}月${date}日`;
}

/** `令和8年4月1日（2026-04-01）09:30:00` */
export function dayAndTime(at: number): string {
  const iso = japanTime(at);
  return `${japaneseDay(at)}（${iso.slice(0, 10)}）${iso.slice(11)}`;
}
