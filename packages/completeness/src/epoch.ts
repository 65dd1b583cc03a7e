// SPDX-License-Identifier: Apache-2.0
// One life of one source while its records are read: what must be remembered, and how it stands where reading ends.
import type { EpochFacts } from './facts.ts';
import { createNumbers, type Numbers, type NumbersDump } from './numbers.ts';
import type { SourceRecord } from './read-records.ts';

export interface Epoch {
  source: string;
  epoch: string | null;
  numbers: Numbers;
  /** Whether its accesses are hashed: from its first record under a registered key on. */
  keyed: boolean;
  /** Whether accesses came before. */
  unkeyed: boolean;
  /** SHA-256 of the bytes of the last seal, as the next one must name it. */
  previousSeal: string | null;
  lastSeal: number | null;
  interval: number;
  stopped: boolean;
  previousEpoch: EpochFacts['previous_epoch'];
  /** The earlier of the broker's clock and its own at its first record, ms since 1970. */
  began: number;
  lastAt: number;
  /** The newest own time that a record of it carried, ms since 1970. */
  lastTime: number;
}

export type EpochDump = Omit<Epoch, 'numbers'> & { numbers: NumbersDump };

/** How an epoch stands at the end of what was read. */
export interface LiveEpoch {
  source: string;
  epoch: string | null;
  /** Numbers first..last came, or should have come, and no seal covers them; last = first - 1 where there are none. */
  first: number;
  last: number;
  missing: [number, number][];
  /** Its own clock at its newest valid seal, ms since 1970; null where it never sealed. */
  last_seal: number | null;
  interval: number;
  stopped: boolean;
  previous_epoch: EpochFacts['previous_epoch'];
  /** The earlier of the broker's clock and its own at its first record; broker's at its last; its newest own time; ms. */
  began: number;
  last_at: number;
  last_time: number;
}

export function newEpoch({ source, epoch, time, appendedAt }: SourceRecord): Epoch {
  const own = Math.min(Number.isNaN(time) ? appendedAt : time, appendedAt);
  return {
    source,
    epoch,
    numbers: createNumbers(1),
    keyed: false,
    unkeyed: false,
    previousSeal: null,
    lastSeal: null,
    interval: 0,
    stopped: false,
    previousEpoch: null,
    began: own,
    lastAt: appendedAt,
    lastTime: own,
  };
}

export function liveOf({ source, epoch, numbers, ...rest }: Epoch): LiveEpoch {
  const { first, highest: last } = numbers;
  return {
    source,
    epoch,
    first,
    last,
    missing: numbers.missing(last),
    last_seal: rest.lastSeal,
    interval: rest.interval,
    stopped: rest.stopped,
    previous_epoch: rest.previousEpoch,
    began: rest.began,
    last_at: rest.lastAt,
    last_time: rest.lastTime,
  };
}

export const emptyFacts = (
  { source, epoch, appendedAt }: SourceRecord,
  stream: string,
  partition: number,
): EpochFacts => ({
  source,
  epoch,
  stream,
  partition,
  records: 0,
  unnumbered: 0,
  first: null,
  last: null,
  seals: 0,
  sealed_to: 0,
  last_at: appendedAt,
  last_seal: null,
  interval: 0,
  stopped: false,
  previous_epoch: null,
  faults: [],
  late: [],
  hours: {},
});
