// SPDX-License-Identifier: Apache-2.0
// Numbers events and puts them on disk in groups: everyone who waits shares one write and one fsync.
import { TrailError } from './errors.ts';
import { type Draft, eventBytes, type Origin, sizeOf } from './event-bytes.ts';
import type { Sealer } from './seals.ts';
import type { Spool } from './spool.ts';

const GROUP_EVENTS = 1000;
/** Records that may wait in memory for the disk. */
const MAX_WAITING = 50_000;

export interface Appender {
  /**
   * Calls `done` with the sequence and the place in the spool when the event is on disk, or `failed`. Sequences follow
   * the order of the calls, from 1, without gaps.
   */
  append(
    draft: Draft,
    done: (sequence: number, offset: number) => void,
    failed: (reason: unknown) => void,
  ): void;
  /** Set once a write failed and it is not known what is on disk: the epoch must end here. */
  readonly broken: TrailError | undefined;
  /** Puts a seal over all events before it on disk, after them. Resolves also when the spool has no room for it now. */
  seal(stopping?: boolean): Promise<void>;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** Waits for room no longer: what waits for it is refused. */
  end(): void;
}

export interface AppenderDeps {
  spool: Spool;
  origin: Origin;
  sealer: Sealer | undefined;
  /** What a full spool means: refusal, or waiting for room. */
  onFull: 'reject' | 'block';
}

interface Waiting {
  draft: Draft;
  done: (sequence: number, offset: number) => void;
  failed: (reason: unknown) => void;
}

export function createAppender({ spool, origin, sealer, onFull }: AppenderDeps): Appender {
  const ending = new AbortController();
  const key = Buffer.from(origin.partitionKey);
  const waiting: Waiting[] = [];
  const writing = new Set<Promise<void>>();
  let flushing: Promise<void> | undefined;
  let broken: TrailError | undefined;
  let next = 1;
  /** Records that are numbered and not on disk yet. */
  let numbered = 0;

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

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup();
      if (submit(group)) continue;
      waiting.unshift(...group);
      await spool.room(ending.signal);
    }
    flushing = undefined;
  }

  // Numbers are given as a group takes its place on disk: one that finds no room gives its numbers back, and the next
  // one takes them. Groups behind a write that fails fail with it. So the sequence has no gaps. False: no room yet.
  function submit(waited: Waiting[]): boolean {
    const { group, events } = numberEvents(waited, origin, key, next);
    if (group.length === 0) return true;
    const first = next;
    try {
      if (broken !== undefined) throw broken;
      const stored = spool.append(events);
      next += group.length;
      sealer?.cover(events);
      numbered += group.length;
      track(
        stored.then(
          offset => {
            numbered -= group.length;
            for (let i = 0; i < group.length; i++) group[i]!.done(first + i, offset + i);
          },
          (cause: unknown) => {
            numbered -= group.length;
            broken ??= cause as TrailError;
            for (const { failed } of group) failed(cause);
          },
        ),
      );
    } catch (cause) {
      // Refused for its size: certainly not stored.
      const full = cause instanceof TrailError && cause.code === 'SPOOL_FULL';
      if (full && onFull === 'block' && !ending.signal.aborted) return false;
      for (const { failed } of group) failed(cause);
    }
    return true;
  }

  function track(stored: Promise<void>): Promise<void> {
    writing.add(stored);
    return stored.finally(() => writing.delete(stored));
  }

  return {
    append(draft, done, failed) {
      if (broken !== undefined) return failed(broken);
      if (waiting.length + numbered >= MAX_WAITING) return failed(tooManyWaiting());
      waiting.push({ draft, done, failed });
      // From the next microtask on, so that calls of one moment share the first group.
      flushing ??= Promise.resolve().then(flush);
    },
    get broken() {
      return broken;
    },
    async seal(stopping = false) {
      if (sealer === undefined || broken !== undefined) return;
      const { bytes, written } = sealer.next(stopping);
      try {
        const stored = spool.append([{ key, value: bytes }]);
        written();
        await track(stored.then(() => undefined));
      } catch (cause) {
        // Without room the next seal speaks of what this one would have; without one the epoch's end is unknown.
        const reason = cause as TrailError;
        if (reason.code !== 'SPOOL_FULL') broken ??= reason;
      }
    },
    async idle() {
      while (flushing !== undefined || writing.size > 0) {
        await flushing;
        // Whoever waits for these is told by them; here only their end counts.
        await Promise.allSettled(writing);
      }
    },
    end: () => ending.abort(),
  };
}

/** The events with numbers from `first` on. What is no event takes none, and its caller is told. */
function numberEvents(waited: Waiting[], origin: Origin, key: Uint8Array, first: number) {
  const group: Waiting[] = [];
  const events: { key: Uint8Array; value: Uint8Array }[] = [];
  for (const one of waited) {
    try {
      events.push({ key, value: eventBytes(one.draft, origin, first + group.length).bytes });
      group.push(one);
    } catch (cause) {
      one.failed(cause);
    }
  }
  return { group, events };
}

const tooManyWaiting = () =>
  new TrailError(
    'SPOOL_FULL',
    `${MAX_WAITING} records already wait for the disk; await record() before the next one`,
  );
