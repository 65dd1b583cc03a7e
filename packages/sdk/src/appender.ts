// SPDX-License-Identifier: Apache-2.0
// Numbers events and puts them on disk in groups: everyone who waits shares one write and one fsync.
import { TrailError } from './errors.ts';
import { type Draft, eventBytes, type Origin, sizeOf } from './event-bytes.ts';
import type { Sealer } from './seals.ts';
import type { Spool } from './spool.ts';

const GROUP_EVENTS = 1000;
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
  /** Puts a seal over all events before it on disk, after them. Resolves also when the spool has no room for it now. */
  seal(stopping?: boolean): Promise<void>;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** Waits for room no longer: what waits for it is refused. */
  end(): void;
}

interface Waiting {
  draft: Draft;
  resolve: (appended: Appended) => void;
  reject: (reason: TrailError) => void;
}

export interface AppenderDeps {
  spool: Spool;
  origin: Origin;
  sealer: Sealer | undefined;
  /** What a full spool means: refusal, or waiting for room. */
  onFull: 'reject' | 'block';
}

export function createAppender({ spool, origin, sealer, onFull }: AppenderDeps): Appender {
  const ending = new AbortController();
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let broken: TrailError | undefined;
  let next = 1;
  let sealDue: 'interval' | 'stop' | undefined;

  function takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && count < GROUP_EVENTS) {
      bytes += sizeOf(waiting[count]!.draft, origin);
      if (count > 0 && bytes > spool.groupBytes) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0 || sealDue !== undefined) {
      await write(takeGroup());
      if (sealDue !== undefined) await writeSeal(sealDue === 'stop');
    }
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
      sealer?.cover(events.map(({ value }) => value));
      for (const [i, { resolve }] of group.entries()) resolve({ sequence: first + i, offset: offset + i });
    } catch (cause) {
      const reason = failed(cause);
      if (reason.code === 'SPOOL_FULL' && onFull === 'block' && !ending.signal.aborted) {
        waiting.unshift(...group);
        await spool.room(ending.signal);
      } else {
        for (const { reject } of group) reject(reason);
      }
    }
  }

  // Refused for its size: certainly not stored. Anything else may have been stored in part, and a number
  // must never stand for two events: this epoch gives no more numbers.
  function failed(cause: unknown): TrailError {
    const reason = cause as TrailError;
    if (reason.code !== 'SPOOL_FULL') broken = reason;
    return reason;
  }

  async function writeSeal(stopping: boolean): Promise<void> {
    sealDue = undefined;
    if (sealer === undefined || broken !== undefined) return;
    const { bytes, written } = sealer.next(stopping);
    try {
      await spool.append([{ key: origin.partitionKey, value: bytes }]);
      written();
    } catch (cause) {
      // The next seal speaks of what this one would have; without one the epoch's end stays unknown, and is said to be.
      failed(cause);
    }
  }

  function wake(): void {
    // From the next microtask on, so that calls of one moment share the first group.
    running ??= Promise.resolve().then(drain);
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
        wake();
      });
    },
    get broken() {
      return broken;
    },
    async seal(stopping = false) {
      sealDue = stopping ? 'stop' : (sealDue ?? 'interval');
      wake();
      while (sealDue !== undefined) await running;
      await running;
    },
    async idle() {
      while (running !== undefined) await running;
    },
    end: () => ending.abort(),
  };
}

const tooManyWaiting = () =>
  new TrailError(
    'SPOOL_FULL',
    `${MAX_WAITING} records already wait for the disk; await record() before the next one`,
  );
