// SPDX-License-Identifier: Apache-2.0
// One partition that this recorder holds: gathers what the queue hands over until a segment is due, and commits
// it. Gathering goes on while a commit is under way; there is never more than one commit under way.
import type { Committed, Tip } from '@ashiato/ledger';
import type { Chunk, Gap, Message } from '@ashiato/queue';
import { BEACON_TYPE, type Stream } from '@ashiato/schema';
import { type RecordingDeps, recordChunk } from './record-chunk.ts';

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
  /** Takes the partition over anew after a lost race; the returned tip stands behind the winner. */
  retake(): Promise<Tip>;
  /** Told of every segment committed here; MUST NOT throw. */
  onCommitted(committed: Committed, tip: Tip): void;
  /** Told once when a commit failed: the outcome is unsure, and only a new take-over can tell. */
  onFailed(error: unknown): void;
}

export interface PartitionRecorder {
  /** Takes a chunk; resolves when there is room for the next one. */
  take(chunk: Chunk): Promise<void>;
  /** Commits what is there, then stops. */
  close(): Promise<void>;
  readonly next: number;
}

/** How many times longer an event may wait for a full segment while we are far behind. */
const CATCHING_UP = 10;

export function createPartitionRecorder(
  kind: Stream,
  firstTip: Tip,
  deps: PartitionRecorderDeps,
): PartitionRecorder {
  let tip = firstTip;
  let messages: Message[] = [];
  let gaps: Gap[] = [];
  let bytes = 0;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  let deadline = 0;
  let behind = 0;
  let commit: Promise<void> | undefined;
  let failed = false;

  const due = () => bytes >= deps.limits.bytes || messages.length >= deps.limits.records;

  async function take(chunk: Chunk): Promise<void> {
    if (failed) return;
    if (messages.length === 0) since = deps.now().getTime();
    gather(chunk);
    behind = chunk.highWatermark - 1 - chunk.to;
    deps.metrics.lagMessages.set(
      { stream: tip.stream, partition: tip.partition },
      chunk.highWatermark - tip.next,
    );
    if (messages.length > 0) arm();
    while (due() && !failed) await flush();
  }

  function gather(chunk: Chunk): void {
    for (const gap of chunk.gaps)
      if (gap.to >= tip.next) gaps.push(gap.from < tip.next ? { ...gap, from: tip.next } : gap);
    for (const message of chunk.messages) {
      if (message.offset < tip.next) continue; // committed already, by us or by the winner of a race
      messages.push(message);
      bytes += message.value?.length ?? 0;
    }
  }

  /** Sets the timer for what waits; a real event shortens the long wait that beacons were given. */
  function arm(): void {
    const due = since + linger();
    if (timer && deadline <= due) return;
    clearTimeout(timer);
    deadline = due;
    timer = setTimeout(() => void flush(), Math.max(0, due - deps.now().getTime()));
  }

  /** Behind by more than a segment, full segments bring us there sooner than many small ones. */
  function linger(): number {
    if (onlyBeacons()) return deps.limits.idleLingerMs;
    return behind > deps.limits.records ? CATCHING_UP * deps.limits.lingerMs : deps.limits.lingerMs;
  }

  /** True when nothing waits but a few beacons: then a segment of its own is not worth its while yet. */
  const onlyBeacons = () =>
    messages.length < 10 && messages.every(m => Buffer.from(m.value ?? []).includes(BEACON_TYPE));

  /** Commits everything gathered so far; one at a time. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    commit ??= commitAll().finally(() => {
      commit = undefined;
      if (messages.length > 0 && !failed) arm();
    });
    return commit;
  }

  async function commitAll(): Promise<void> {
    messages = messages.filter(message => message.offset >= tip.next);
    const last = messages.at(-1);
    if (!last) return;
    const chunk = { kind, messages, gaps: gaps.filter(gap => gap.from <= last.offset) };
    const began = since;
    gaps = gaps.filter(gap => gap.from > last.offset);
    messages = [];
    bytes = 0;
    since = deps.now().getTime();
    try {
      await commitChunk(chunk, began);
    } catch (error) {
      failed = true;
      deps.onFailed(error);
    }
  }

  async function commitChunk(chunk: Parameters<typeof recordChunk>[0], began: number): Promise<void> {
    for (let rest = chunk; rest.messages.length > 0; ) {
      const committed = await recordChunk(rest, tip, deps);
      if (committed !== 'lost') {
        deps.metrics.commitSeconds.observe({ stream: tip.stream }, (deps.now().getTime() - began) / 1000);
        return deps.onCommitted(committed, tip);
      }
      deps.metrics.lostRaces.inc({ stream: tip.stream });
      tip = await deps.retake();
      rest = {
        kind,
        messages: rest.messages.filter(message => message.offset >= tip.next),
        gaps: rest.gaps.filter(gap => gap.to >= tip.next),
      };
    }
  }

  return {
    take,
    async close() {
      await commit;
      if (!failed) await flush();
      clearTimeout(timer);
    },
    get next() {
      return tip.next;
    },
  };
}
