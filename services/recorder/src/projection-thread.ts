// SPDX-License-Identifier: Apache-2.0
// The projection on a thread of its own: reading lines and encoding columns takes as long as recording does, and
// must not take the recorder's time. Here is the recorder's side; `projection-worker.ts` is the thread.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Segment } from '@ashiato/ledger';
import type { Engines } from '@ashiato/runtime';
import type { ReadySegment, SegmentRows } from '@ashiato/warehouse';

/** What the thread is started with. */
export interface ProjectionStart {
  /** Addresses, since no driver can cross to a thread. */
  places: Pick<Engines, 'objects' | 'clickhouse'>;
  streams: readonly string[];
  /** Bound on the bytes of rows handed over and not projected yet. */
  handedOverBytes: number;
}

/** What the recorder tells the thread: a segment just committed, without its rows when too many are on the way. */
export type ToThread =
  | { kind: 'committed'; segment: ReadySegment }
  | { kind: 'hint'; stream: string; partition: number }
  | { kind: 'stop' };

/** What the thread tells the recorder. */
export type FromThread =
  | { kind: 'projected'; stream: string; partition: number; to: number }
  | { kind: 'change'; place: string; code: string | null; error: unknown };

export interface ProjectionThread {
  /** Projects until aborted; resolves when the inserts under way have ended, rejects when the thread fails. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Whether rows made beside the next segment would be taken; if not, the thread reads it back some time. MUST be
   * asked before that segment is committed: the thread then leaves it alone until nudged.
   */
  wantsRows(place: { stream: string; partition: number }): boolean;
  /** Waits until rows are wanted; not for a thread that is not there, nor for one that got nowhere for a while. */
  roomForRows(): Promise<void>;
  /** A hint that saves reading the segment back; `rows` change hands. Before and after `run` it does nothing. */
  nudge(segment: Segment, rows?: SegmentRows): void;
}

export interface ProjectionThreadDeps extends Omit<ProjectionStart, 'handedOverBytes'> {
  onChange(change: { place: string; code: string | null; error: unknown }): void;
  /** Default 256 MiB. */
  handedOverBytes?: number;
}

/** So long without a segment projected, and evidence no longer waits for reports. */
const PATIENCE_MS = 2000;

/** Young objects, parsed events above all, are many: with room they die before the collector must copy them. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 96 };

export function createProjectionThread(deps: ProjectionThreadDeps): ProjectionThread {
  const { places, streams, onChange, handedOverBytes = 256 * 2 ** 20 } = deps;
  let worker: Worker | undefined;
  let onTheWay: { place: string; to: number; bytes: number }[] = [];
  let bytesOnTheWay = 0;
  const waiting: (() => void)[] = [];
  let patience: NodeJS.Timeout | undefined;

  const announced = new Set<string>();

  const hasRoom = () => worker !== undefined && bytesOnTheWay < handedOverBytes;

  function hint(stream: string, partition: number): void {
    worker?.postMessage({ kind: 'hint', stream, partition } satisfies ToThread);
  }

  function letGo(): void {
    clearTimeout(patience);
    patience = undefined;
    for (const go of waiting.splice(0)) go();
  }

  function heard(message: FromThread): void {
    if (message.kind === 'change') {
      const { place, code, error } = message;
      onChange({ place, code, error });
    } else {
      const place = `${message.stream}.${message.partition}`;
      onTheWay = onTheWay.filter(one => one.place !== place || one.to > message.to);
      bytesOnTheWay = onTheWay.reduce((sum, { bytes }) => sum + bytes, 0);
      if (hasRoom()) letGo();
      else patience?.refresh();
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    const start: ProjectionStart = { places, streams, handedOverBytes };
    const thread = new Worker(new URL('./projection-worker.ts', import.meta.url), {
      workerData: start,
      resourceLimits: RESOURCE_LIMITS,
    });
    worker = thread;
    thread.on('message', heard);
    const stop = () => thread.postMessage({ kind: 'stop' } satisfies ToThread);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      const [code] = await once(thread, 'exit'); // rejects with what the thread threw
      if (code !== 0) throw new Error(`the projection's thread ended with exit code ${code}`);
    } finally {
      worker = undefined;
      announced.clear();
      letGo();
      signal.removeEventListener('abort', stop);
    }
  }

  return {
    run,
    wantsRows({ stream, partition }) {
      const place = `${stream}.${partition}`;
      if (worker && !announced.has(place)) {
        announced.add(place);
        hint(stream, partition);
      }
      return hasRoom();
    },
    async roomForRows() {
      if (!worker || hasRoom()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      patience ??= setTimeout(letGo, PATIENCE_MS);
      await promise;
    },
    nudge({ key, header, sha256, stored_sha256, raw }, rows) {
      if (!worker) return;
      const { stream, partition, to } = header;
      if (!rows) return hint(stream, partition);
      const bytes = rows.block.length;
      onTheWay.push({ place: `${stream}.${partition}`, to, bytes });
      bytesOnTheWay += bytes;
      const segment = { key, header, sha256, stored_sha256, bytes: raw.length, rows };
      worker.postMessage({ kind: 'committed', segment } satisfies ToThread, [
        rows.block.buffer as ArrayBuffer,
      ]);
    },
  };
}
