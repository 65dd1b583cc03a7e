// SPDX-License-Identifier: Apache-2.0
// The coverage register held against the interval: which systems are sealed, reconciled, unsealed or not covered.
import { isUnder, type RegisteredSystem, type SourceRegister } from '@ashiato/policy/registers';
import type { CompletenessStatement } from '@ashiato/schema';
import type { Period, TellGap } from './gaps.ts';
import type { IndependentCount } from './partition-facts.ts';
import type { PartitionReading } from './read-partition.ts';

type SystemRow = CompletenessStatement['systems'][number];
type SourceRow = CompletenessStatement['sources'][number];

/** The trail's own reads: recorded before they are answered (services/api), so they need no seal to be complete. */
const OWN = '/ashiato';
const HOUR_MS = 3_600_000;

export function systemRows(
  register: SourceRegister,
  readings: readonly PartitionReading[],
  sources: readonly SourceRow[],
  interval: Period,
  tell: TellGap,
): SystemRow[] {
  const systems = register.systems(interval.from, interval.to);
  const counts = [...readings].flatMap(({ within, after }) => [...within.counts, ...after.counts]);
  if (systems.length === 0) tell('no_register', 'systems');
  const rows = systems.map(system =>
    systemRow(system, sources, countsOf(system, counts, readings, interval), interval, tell),
  );
  const listed = (source: string) =>
    systems.some(({ sources: prefixes }) => prefixes.some(prefix => isUnder(source, prefix)));
  const unlisted = sources.filter(
    ({ source, state }) => state !== 'sealed' && !listed(source) && !isUnder(source, OWN),
  );
  for (const source of new Set(unlisted.map(({ source }) => source))) tell('unlisted_source', source);
  return rows;
}

function systemRow(
  { id, ja, en, sources: prefixes, not_covered = undefined }: RegisteredSystem,
  sources: readonly SourceRow[],
  counts: SystemRow['counts'],
  interval: Period,
  tell: TellGap,
): SystemRow {
  const own = sources.filter(({ source }) => prefixes.some(prefix => isUnder(source, prefix)));
  const row = {
    id,
    ja,
    en,
    sources: [...new Set(own.map(({ source }) => source))],
    records: own.reduce((sum, { records }) => sum + records, 0),
    counts,
    not_covered: not_covered ?? null,
  };
  for (const { record, counted, recorded } of counts.filter(({ equal }) => !equal))
    tell('count_differs', `${id}, ${record}`, { count: counted, other: recorded });
  if (not_covered) {
    tell('not_covered', id, { said: not_covered });
    return { ...row, state: 'not_covered', rests_on: 'register' };
  }
  if (own.length > 0 && own.every(({ state }) => state === 'sealed'))
    return { ...row, state: 'sealed', rests_on: 'seal' };
  if (cover(counts, interval)) return { ...row, state: 'reconciled', rests_on: 'independent_count' };
  if (own.length === 0) {
    tell('no_source', id);
    return { ...row, state: 'no_source', rests_on: 'none' };
  }
  tell('unsealed_system', id);
  return {
    ...row,
    state: 'unsealed',
    rests_on: own.some(({ first }) => first !== null) ? 'sequence' : 'none',
  };
}

/** Counts over whole hours within the interval, each beside what the trail holds of those hours. */
function countsOf(
  { id, sources: prefixes }: RegisteredSystem,
  counts: readonly IndependentCount[],
  readings: readonly PartitionReading[],
  { from, to }: Period,
): SystemRow['counts'] {
  const epochs = readings
    .flatMap(({ within, after }) => [...within.epochs, ...after.epochs])
    .filter(({ source }) => prefixes.some(prefix => isUnder(source, prefix)));
  return counts
    .filter(count => count.system === id && count.from >= from && count.to <= to && count.from < count.to)
    .filter(count => count.from % HOUR_MS === 0 && count.to % HOUR_MS === 0)
    .sort((a, b) => a.from - b.from)
    .map(({ record, count, ...hours }) => {
      const recorded = epochs.reduce((sum, { hours: found }) => sum + within(found, hours), 0);
      const [first, end] = [new Date(hours.from).toISOString(), new Date(hours.to).toISOString()];
      return { record, from: first, to: end, counted: count, recorded, equal: count === recorded };
    });
}

const within = (found: Record<string, number>, { from, to }: { from: number; to: number }): number =>
  Object.entries(found)
    .filter(([hour]) => Number(hour) * HOUR_MS >= from && Number(hour) * HOUR_MS < to)
    .reduce((sum, [, count]) => sum + count, 0);

/** Whether equal counts, one behind the other, leave no time of the interval out. */
function cover(counts: SystemRow['counts'], { from, to }: Period): boolean {
  let reached = from;
  for (const count of counts) {
    if (!count.equal || Date.parse(count.from) > reached) return false;
    reached = Math.max(reached, Date.parse(count.to));
  }
  return reached >= to;
}
