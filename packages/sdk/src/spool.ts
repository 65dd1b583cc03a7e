// SPDX-License-Identifier: Apache-2.0
// The folder in which events wait on this disk: a file queue of one partition, the cursor up to which they were
// acknowledged, and the last epoch used. One live process at a time; the queue's lock sees to that.
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import {
  type Chunk,
  type FileQueue,
  type Message,
  openFileQueue,
  QueueError,
  type QueueOptions,
} from '@ashiato/queue/emit';
import { TrailError } from './errors.ts';
import { type EpochEnd, epochEndOf } from './seals.ts';
import { readNumber, writeNumber } from './state-file.ts';

export const TOPIC = 'spool';
export const EVENTS = 'events';
export const CURSOR = 'cursor';
const KiB = 1 << 10;
const MiB = 1 << 20;
/** A spool never lets time remove anything: only the acknowledgement does. */
const NO_EXPIRY_MS = 100 * 365 * 24 * 3600 * 1000;

/** An event as it lies in the spool: exactly the bytes that will be delivered. */
export interface Spooled {
  offset: number;
  key: string;
  value: Uint8Array;
}

export interface Spool {
  /** Milliseconds at opening, and greater than every epoch this folder has seen. */
  readonly epoch: number;
  /** How far the epoch of the newest event got; undefined when there never was an event. */
  readonly previous: EpochEnd | undefined;
  /** Largest size of one append that a spool of this size surely takes once everything was acknowledged. */
  readonly groupBytes: number;
  /**
   * Appends all or nothing, except after `SPOOL_WRITE`, in the order of the calls; on disk when it resolves with the
   * first offset. Throws `SPOOL_FULL` at once. A write that fails fails those behind it too.
   */
  append(events: { key: Uint8Array; value: Uint8Array }[]): Promise<number>;
  /** Hands out what lies at the cursor and after, in order, until aborted; waits for each call to resolve. */
  follow(onEvents: (events: Spooled[]) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Everything before `next` was acknowledged: moves the cursor durably, then removes files no longer needed. */
  advance(next: number): Promise<void>;
  /** Takes over a cursor that another process moved, as advance() does; answers where it is. */
  refresh(): Promise<number>;
  /** Resolves when an acknowledgement may have made room, or at the abort. */
  room(signal: AbortSignal): Promise<void>;
  /** How many events are not acknowledged yet. */
  pending(): number;
  /** Position of the newest event; -1 when there never was one. */
  last(): number;
  close(): Promise<void>;
}

interface SpoolOptions {
  dir: string;
  maxBytes: number;
  now: () => number;
  report: NonNullable<QueueOptions['report']>;
}

/** Takes the folder, made when absent, and begins a new epoch in it. */
export async function openSpool({ dir, maxBytes, now, report }: SpoolOptions): Promise<Spool> {
  // Files an eighth of the limit: acknowledged ones leave early enough that the limit never blocks for good.
  const segmentBytes = Math.min(8 * MiB, Math.max(64 * KiB, Math.floor(maxBytes / 8)));
  const queue = openFileQueue(join(dir, EVENTS), {
    retentionMs: NO_EXPIRY_MS,
    segmentBytes,
    maxBytes,
    report,
  });
  try {
    await queue.ensureTopics([{ topic: TOPIC, partitions: 1 }]);
    const epoch = await nextEpoch(join(dir, 'epoch'), now());
    const held = (await queue.offsets(TOPIC))[0]!;
    const cursor = (await readNumber(join(dir, CURSOR))) ?? held.low;
    checkCursor(dir, cursor, held);
    const newest = held.high > held.low ? await queue.readAt(TOPIC, 0, held.high - 1) : undefined;
    const previous = newest?.value ? epochEndOf(newest.value) : undefined;
    // What an earlier run had no time to remove; the newest event stays, as in trim() below.
    await queue.trim(TOPIC, 0, Math.min(cursor, held.high - 1));
    const write = await queue.appender(TOPIC, 0);
    const opened = { queue, write, epoch, previous, cursor, high: held.high, cursorPath: join(dir, CURSOR) };
    return createSpool({ ...opened, segmentBytes, groupBytes: Math.min(MiB, Math.floor(maxBytes / 8)) });
  } catch (cause) {
    await queue.close();
    throw trailError(cause, `opening the spool in ${dir}`);
  }
}

/** Durable before the first event of the epoch: after a stop the next one is greater, whatever the clock says. */
async function nextEpoch(path: string, now: number): Promise<number> {
  const epoch = Math.max(Math.floor(now), ((await readNumber(path)) ?? 0) + 1);
  await writeNumber(path, epoch);
  return epoch;
}

function checkCursor(dir: string, cursor: number, held: { low: number; high: number }): void {
  if (cursor >= held.low && cursor <= held.high) return;
  throw new TrailError(
    'SPOOL_DAMAGED',
    `the spool in ${dir} holds events ${held.low} to ${held.high}, and its cursor says ${cursor}; restore the folder whole, or move it aside and state the loss`,
  );
}

interface Opened extends Pick<Spool, 'epoch' | 'previous' | 'groupBytes'> {
  queue: FileQueue;
  write: Awaited<ReturnType<FileQueue['appender']>>;
  cursor: number;
  high: number;
  cursorPath: string;
  segmentBytes: number;
}

function createSpool({ queue, write, cursorPath, segmentBytes, ...opened }: Opened): Spool {
  const { epoch, previous, groupBytes } = opened;
  const advanced = new EventEmitter();
  let { cursor, high } = opened;
  let untrimmed = 0;

  /** Never the newest event, acknowledged or not: it tells the next epoch where this one ended. */
  const trim = () => queue.trim(TOPIC, 0, Math.min(cursor, high - 1));

  return {
    epoch,
    previous,
    groupBytes,
    append(events) {
      try {
        return write(events).then(
          first => {
            high = first + events.length;
            return first;
          },
          (cause: unknown) => {
            throw trailError(cause, 'writing to the spool');
          },
        );
      } catch (cause) {
        throw trailError(cause, 'writing to the spool');
      }
    },
    async follow(onEvents, signal) {
      const onChunk = async (chunk: Chunk) => {
        const events = spooledOf(chunk.messages);
        untrimmed += events.reduce((sum, event) => sum + event.value.length, 0);
        await onEvents(events);
      };
      const startAt = async () => cursor;
      const onRevoked = async () => undefined;
      try {
        await queue.subscribe({ topics: [TOPIC], group: 'forward', startAt, onChunk, onRevoked }, signal);
      } catch (cause) {
        throw cause instanceof QueueError ? trailError(cause, 'reading the spool') : cause;
      }
    },
    async advance(next) {
      await writeNumber(cursorPath, next);
      cursor = next;
      if (untrimmed >= segmentBytes / 2) {
        untrimmed = 0;
        // Stopping before this only leaves files that the next trim removes.
        await trim();
      }
      advanced.emit('advanced');
    },
    async refresh() {
      const moved = await readNumber(cursorPath);
      if (moved === undefined || moved <= cursor) return cursor;
      cursor = moved;
      await trim();
      advanced.emit('advanced');
      return cursor;
    },
    async room(signal) {
      if (signal.aborted) return;
      // Without anything on its way nothing will be acknowledged: what can be removed is removed now.
      if (cursor === high) await trim();
      else await once(advanced, 'advanced', { signal }).catch(untilAborted);
    },
    pending: () => high - cursor,
    last: () => high - 1,
    close: () => queue.close(),
  };
}

export function untilAborted(cause: unknown): void {
  if (!(cause instanceof Error && cause.name === 'AbortError')) throw cause;
}

export function spooledOf(messages: Message[]): Spooled[] {
  // Runs of events of one epoch share their key.
  let latest: { bytes: Uint8Array; text: string } | undefined;
  return messages.map(({ offset, key, value }) => {
    if (key !== null && value !== null) {
      if (latest === undefined || Buffer.compare(latest.bytes, key) !== 0)
        latest = { bytes: key, text: Buffer.from(key).toString() };
      return { offset, key: latest.text, value };
    }
    throw new TrailError(
      'SPOOL_DAMAGED',
      `the spool's entry ${offset} has no key or no bytes; move the folder aside`,
    );
  });
}

/** What the queue said, in the words of this room. */
export function trailError(cause: unknown, doing: string): TrailError {
  if (cause instanceof TrailError) return cause;
  const message = `${doing}: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (!(cause instanceof QueueError)) return new TrailError('SPOOL_WRITE', message, { cause });
  switch (cause.code) {
    case 'QUEUE_FULL':
      return new TrailError('SPOOL_FULL', message, { cause });
    case 'LOCKED':
      return new TrailError('SPOOL_LOCKED', message, { cause });
    case 'STORAGE_DAMAGED':
    case 'TOPIC_MISMATCH':
    case 'OFFSET_RANGE':
      return new TrailError('SPOOL_DAMAGED', message, { cause });
    default:
      return new TrailError('SPOOL_WRITE', message, { cause });
  }
}
