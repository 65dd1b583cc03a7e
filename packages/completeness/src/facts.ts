// SPDX-License-Identifier: Apache-2.0
// What the records of one stretch of a partition show about their sources: plain JSON, so that it can be kept, and
// stretches in their order can be joined.
import type { FaultCode } from '@ashiato/schema';

/** Why the root of a seal could not be held against its events. */
export type NotChecked = 'seal_missing_before' | 'out_of_order' | 'unhashed' | 'numbers_missing' | 'too_many';

export interface Fault {
  code: FaultCode;
  /** Offset of the record that showed it: in most cases the seal. */
  offset: number;
  /** Numbers of the source that it is about. */
  first?: number;
  last?: number;
  reason?: NotChecked;
  /** The time it may be about, ms since 1970: the source's last sign before, to the broker's clock at the record. */
  since: number;
  until: number;
}

/** One life of one source within a stretch. */
export interface EpochFacts {
  source: string;
  /** Null for a source that has no epochs. */
  epoch: string | null;
  stream: string;
  partition: number;
  /** Accesses counted: new and late ones. */
  records: number;
  /** Accesses without a number of their own: nobody can tell whether one is missing. */
  unnumbered: number;
  /** Lowest and highest number; null where none was numbered. */
  first: number | null;
  last: number | null;
  /** Seals with a valid signature. */
  seals: number;
  /** Highest number under a valid seal. */
  sealed_to: number;
  /** Broker's clock at the last record, ms since 1970. */
  last_at: number;
  /** The source's own clock at its newest valid seal, and the seconds between two. */
  last_seal: number | null;
  interval: number;
  stopped: boolean;
  /** What the start seal says of the life before this one. */
  previous_epoch: { epoch: string; last: number } | null;
  faults: Fault[];
  /** Numbers that came after they were found missing, as ascending [first, last]. */
  late: [number, number][];
  /** Accesses by hour of their own time: hours since 1970 → how many. */
  hours: Record<string, number>;
}

export const nameOf = ({ source, epoch }: { source: string; epoch: string | null }): string =>
  epoch === null ? source : `${source}\n${epoch}`;

/** Joins two stretches of one epoch, the second behind the first. */
export function joinEpoch(before: EpochFacts, after: EpochFacts): EpochFacts {
  const hours = { ...before.hours };
  for (const [hour, count] of Object.entries(after.hours)) hours[hour] = (hours[hour] ?? 0) + count;
  return {
    ...before,
    records: before.records + after.records,
    unnumbered: before.unnumbered + after.unnumbered,
    first: before.first === null ? after.first : Math.min(before.first, after.first ?? before.first),
    last: before.last === null ? after.last : Math.max(before.last, after.last ?? before.last),
    seals: before.seals + after.seals,
    sealed_to: Math.max(before.sealed_to, after.sealed_to),
    last_at: after.last_at,
    last_seal: after.last_seal ?? before.last_seal,
    interval: after.interval || before.interval,
    stopped: after.stopped,
    previous_epoch: before.previous_epoch ?? after.previous_epoch,
    faults: [...before.faults, ...after.faults],
    late: after.late.reduce(addRange, before.late),
    hours,
  };
}

/** Ascending ranges with one more; neighbours become one. */
export function addRange(ranges: [number, number][], [first, last]: [number, number]): [number, number][] {
  const apart = ranges.filter(([from, to]) => to < first - 1 || from > last + 1);
  const touching = ranges.filter(range => !apart.includes(range));
  const joined: [number, number] = [
    Math.min(first, ...touching.map(([from]) => from)),
    Math.max(last, ...touching.map(([, to]) => to)),
  ];
  return [...apart, joined].sort(([a], [b]) => a - b);
}

/** What is left of a range when `taken` (ascending) is struck off. */
export function subtractRanges(
  range: [number, number],
  taken: readonly [number, number][],
): [number, number][] {
  const left: [number, number][] = [];
  let [from, to] = range;
  for (const [first, last] of taken) {
    if (last < from || first > to) continue;
    if (first > from) left.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= to) left.push([from, to]);
  return left;
}
