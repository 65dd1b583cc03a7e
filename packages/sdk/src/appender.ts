// SPDX-License-Identifier: Apache-2.0
// Numbers events and puts them on disk in groups: everyone who waits shares one write and one fsync.
import { TrailError } from './errors.ts';
import { type Draft, eventBytes, type Origin, sizeOf } from './event-bytes.ts';
import type { Spool } from './spool.ts';

const GROUP_EVENTS = 1000;
const GROUP_BYTES = 1 << 20;
/** Records that may wait in memory for the disk. */
const MAX_WAITING = 50_000;

export interface Appended {
  sequence: number;
  /** Position in the spool. */
  offset: number;
}

export interface Appender {
  /** On disk when it resolves. Sequences follow the order of the calls, from 1, without gaps. */
  append(draft: Draft): Promise<Appended>;
  /** Set once a write failed and it is not known what is on disk: the epoch must end here. */
  readonly broken: TrailError | undefined;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

interface Waiting {
  draft: Draft;
  resolve: (appended: Appended) => void;
  reject: (reason: TrailError) => void;
}

export function createAppender(spool: Spool, origin: Origin): Appender {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let broken: TrailError | undefined;
  let next = 1;

  function takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && count < GROUP_EVENTS) {
      bytes += sizeOf(waiting[count]!.draft, origin);
      if (count > 0 && bytes > GROUP_BYTES) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await write(takeGroup());
    running = undefined;
  }

  // One group at a time, and numbers are given only as the group is written: a refused group gives its
  // numbers back, and the next one takes them. That is what keeps the sequence free of gaps.
  async function write(waited: Waiting[]): Promise<void> {
    const { group, events } = numbered(waited);
    if (group.length === 0) return;
    const first = next;
    try {
      if (broken !== undefined) throw broken;
      const offset = await spool.append(events);
      next += group.length;
      for (const [i, { resolve }] of group.entries()) resolve({ sequence: first + i, offset: offset + i });
    } catch (cause) {
      const reason = cause as TrailError;
      // Refused for its size: certainly not stored. Anything else may have been stored in part, and a number
      // must never stand for two events: this epoch gives no more numbers.
      if (reason.code !== 'SPOOL_FULL') broken = reason;
      for (const { reject } of group) reject(reason);
    }
  }

  /** What is no event takes no number. */
  function numbered(waited: Waiting[]) {
    const group: Waiting[] = [];
    const events: { key: string; value: Uint8Array }[] = [];
    for (const one of waited) {
      try {
        const { bytes } = eventBytes(one.draft, origin, next + group.length);
        events.push({ key: origin.partitionKey, value: bytes });
        group.push(one);
      } catch (cause) {
        one.reject(cause as TrailError);
      }
    }
    return { group, events };
  }

  return {
    append(draft) {
      if (broken !== undefined) return Promise.reject(broken);
      if (waiting.length >= MAX_WAITING) return Promise.reject(tooManyWaiting());
      return new Promise((resolve, reject) => {
        waiting.push({ draft, resolve, reject });
        // From the next microtask on, so that calls of one moment share the first group.
        running ??= Promise.resolve().then(drain);
      });
    },
    get broken() {
      return broken;
    },
    async idle() {
      while (running !== undefined) await running;
    },
  };
}

const tooManyWaiting = () =>
  new TrailError(
    'SPOOL_FULL',
    `${MAX_WAITING} records already wait for the disk; await record() before the next one`,
  );
