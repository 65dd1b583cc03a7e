// SPDX-License-Identifier: Apache-2.0
// One partition that this recorder holds: records what the queue hands over until a segment is due, and commits it.
// Recording goes on while a commit is under way; there is never more than one commit under way.
import { freshMemory, type Tip } from '@ashiato/ledger';
import type { Chunk, Gap } from '@ashiato/queue';
import type { Stream } from '@ashiato/schema';
import {
  commitChunk,
  type OpenChunk,
  openChunk,
  type Recorded,
  type RecordingDeps,
  recordMessage,
} from './record-chunk.ts';

export interface FlushLimits {
  /** Bytes and records that make a segment due at once. */
  bytes: number;
  records: number;
  /** Milliseconds after which what is there is committed; the second one when only beacons came. */
  lingerMs: number;
  idleLingerMs: number;
}

export interface PartitionRecorderDeps extends RecordingDeps {
  limits: FlushLimits;
  /** Memory of committed segments, to be used again: one list for all partitions. */
  memories: Buffer[];
  /** Told of every segment committed here, whose bytes are its own only meanwhile; MUST NOT throw. */
  onCommitted(recorded: Recorded): void;
  /** Told once when a commit failed or was lost to another recorder: only a new take-over can tell how things stand. */
  onFailed(error: unknown): void;
}

export interface PartitionRecorder {
  /** Takes a chunk; resolves when there is room for the next one. */
  take(chunk: Chunk): Promise<void>;
  /** Commits what is there, then stops. */
  close(): Promise<void>;
}

/** Another recorder committed the segment that was to come next: the tip is spent, the winner's segment stands. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

/** How many times longer an event may wait for a full segment while we are far behind. */
const CATCHING_UP = 10;

/**
 * Partitions that are read in step would all be due at once, and the disk and ClickHouse idle in between. Multiples
 * of the golden ratio lie evenly spread over one segment, however many partitions there are (Knuth, TAOCP 6.4).
 */
const STAGGER = 0.618;

/** As many as are likely to be filled at once; each may be as large as a segment. */
const SPARE_MEMORIES = 12;
/** Fewer beacons than this are not worth a segment of their own yet. */
const FEW = 10;

export function createPartitionRecorder(
  kind: Stream,
  tip: Tip,
  deps: PartitionRecorderDeps,
): PartitionRecorder {
  /** The offset after the last one recorded; `tip` stands behind the last segment closed. */
  let next = tip.next;
  let open: OpenChunk | undefined;
  let since = 0;
  let gaps: Gap[] = [];
  let timer: NodeJS.Timeout | undefined;
  let deadline = 0;
  let behind = 0;
  let commit: Promise<void> | undefined;
  let failed = false;
  /** The size of the last segment: the next one's memory is made as large at once. */
  let usualBytes: number | undefined;
  /** Share of a full segment at which one is due: the first one's differs by partition, see `STAGGER`. */
  let share = 1 - ((tip.partition * STAGGER) % 1);

  const due = () =>
    open !== undefined &&
    (open.bytes >= deps.limits.bytes * share || open.segment.records >= deps.limits.records * share);

  const farBehind = () => behind > deps.limits.records;

  async function take(chunk: Chunk): Promise<void> {
    behind = chunk.highWatermark - 1 - chunk.to;
    for (const gap of chunk.gaps)
      if (gap.to >= next) gaps.push(gap.from < next ? { ...gap, from: next } : gap);
    for (const message of chunk.messages) {
      if (message.offset < next) continue; // recorded already
      // Far behind, reports are made on the way or cost twice; near the end, nothing is waited for.
      if (!open && farBehind()) await deps.roomForRows();
      if (failed) return;
      open ??= begin();
      recordMessage(message, open, tip, deps);
      next = message.offset + 1;
      if (due()) await flush();
    }
    const { stream, partition } = tip;
    deps.metrics.lagMessages.set({ stream, partition }, chunk.highWatermark - tip.next);
    arm();
  }

  function begin(): OpenChunk {
    since = deps.now().getTime();
    return openChunk(kind, tip, deps, deps.memories.pop() ?? freshMemory(usualBytes));
  }

  /** Sets the timer for what waits; a real event shortens the long wait that beacons were given. */
  function arm(): void {
    if (!open || failed) return;
    const due = since + linger(open);
    if (timer && deadline <= due) return;
    clearTimeout(timer);
    deadline = due;
    timer = setTimeout(() => void flush(), Math.max(0, due - deps.now().getTime()));
  }

  /** Behind by more than a segment, full segments bring us there sooner than many small ones. */
  function linger({ busy, segment }: OpenChunk): number {
    if (!busy && segment.records < FEW) return deps.limits.idleLingerMs;
    return farBehind() ? CATCHING_UP * deps.limits.lingerMs : deps.limits.lingerMs;
  }

  /** Begins to commit what is open, as soon as no other commit is under way. */
  async function flush(): Promise<void> {
    const wanted = open;
    while (commit) await commit;
    if (!wanted || wanted !== open || failed) return;
    clearTimeout(timer);
    timer = undefined;
    open = undefined;
    share = 1;
    commit = commitOpen(wanted, since).finally(() => {
      commit = undefined;
    });
  }

  async function commitOpen(chunk: OpenChunk, began: number): Promise<void> {
    const { last, bytes } = chunk.segment;
    usualBytes = bytes;
    const within = gaps.filter(gap => gap.from <= last);
    gaps = gaps.filter(gap => gap.from > last);
    const { stream } = tip;
    try {
      const recorded = await commitChunk(chunk, within, tip, deps);
      if (recorded === 'lost') {
        deps.metrics.lostRaces.inc({ stream });
        throw new LostRace(`${stream}/${tip.partition}: another recorder committed first`);
      }
      deps.metrics.commitSeconds.observe({ stream }, (deps.now().getTime() - began) / 1000);
      deps.onCommitted(recorded);
      if (deps.memories.length < SPARE_MEMORIES) deps.memories.push(recorded.memory);
    } catch (error) {
      failed = true;
      deps.onFailed(error);
    }
  }

  return {
    take,
    async close() {
      clearTimeout(timer);
      await flush();
      await commit;
    },
  };
}
