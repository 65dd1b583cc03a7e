// SPDX-License-Identifier: Apache-2.0
// What one stretch of one partition shows: its chain, its sources, and the independent counts in it.
import type { RecordedGap } from '@ashiato/schema';
import { type EpochFacts, joinEpoch, nameOf } from './facts.ts';

/** What a system counted by itself: how many accesses it had in whole hours of its own time. */
export interface IndependentCount {
  /** `<stream>.<partition>.<offset>` of the context event. */
  record: string;
  system: string;
  /** ms since 1970. */
  from: number;
  to: number;
  count: number;
}

/** A life of a source that will say nothing more, as a control event tells: its instance is gone for good. */
export interface RetiredEpoch {
  source: string;
  epoch: string;
  /** Highest number it ever gave. */
  last: number;
  /** Broker's clock at the event, ms since 1970. */
  at: number;
}

export interface PartitionFacts {
  stream: string;
  partition: number;
  /** First and last offset of the stretch; -1 where it holds none. */
  first: number;
  last: number;
  segments: number;
  records: number;
  /** Broker's clock at the newest record so far, ms since 1970; 0 before any. */
  at: number;
  gaps: RecordedGap[];
  /** Records whose bytes are no event: the first ones, and how many there are. */
  unreadable: { offset: number; problem: string; at: number }[];
  unreadable_count: number;
  epochs: EpochFacts[];
  counts: IndependentCount[];
}

/** Unreadable records named one by one. */
export const NAMED_UNREADABLE = 100;

export const noFacts = (stream: string, partition: number): PartitionFacts => ({
  stream,
  partition,
  first: -1,
  last: -1,
  segments: 0,
  records: 0,
  at: 0,
  gaps: [],
  unreadable: [],
  unreadable_count: 0,
  epochs: [],
  counts: [],
});

/** Joins two stretches of one partition, the second behind the first. */
export function joinFacts(before: PartitionFacts, after: PartitionFacts): PartitionFacts {
  return {
    ...before,
    first: before.first < 0 ? after.first : before.first,
    last: Math.max(before.last, after.last),
    segments: before.segments + after.segments,
    records: before.records + after.records,
    at: Math.max(before.at, after.at),
    gaps: [...before.gaps, ...after.gaps],
    unreadable: [...before.unreadable, ...after.unreadable].slice(0, NAMED_UNREADABLE),
    unreadable_count: before.unreadable_count + after.unreadable_count,
    epochs: joinEpochs([...before.epochs, ...after.epochs]),
    counts: [...before.counts, ...after.counts],
  };
}

function joinEpochs(list: readonly EpochFacts[]): EpochFacts[] {
  const joined = new Map<string, EpochFacts>();
  for (const facts of list) {
    const before = joined.get(nameOf(facts));
    joined.set(nameOf(facts), before ? joinEpoch(before, facts) : facts);
  }
  return [...joined.values()];
}
