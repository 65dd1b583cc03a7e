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
  /** Whether rows made beside a segment would be taken; if not, the thread reads the segment back some time. */
  wantsRows(): boolean;
  /** A hint that saves reading the segment back; `rows` change hands. Before and after `run` it does nothing. */
  nudge(segment: Segment, rows?: SegmentRows): void;
}

export interface ProjectionThreadDeps extends ProjectionStart {
  onChange(change: { place: string; code: string | null; error: unknown }): void;
  /** Bound on the bytes handed over and not projected yet. */
  handedOverBytes?: number;
}

/** Young objects, parsed events above all, are many: with room they die before the collector must copy them. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 96 };

export function createProjectionThread(deps: ProjectionThreadDeps): ProjectionThread {
  const { places, streams, onChange, handedOverBytes = 256 * 2 ** 20 } = deps;
  let worker: Worker | undefined;
  let onTheWay: { place: string; to: number; bytes: number }[] = [];
  let bytesOnTheWay = 0;

  function heard(message: FromThread): void {
    if (message.kind === 'change') {
      const { place, code, error } = message;
      onChange({ place, code, error });
    } else {
      const place = `${message.stream}.${message.partition}`;
      onTheWay = onTheWay.filter(one => one.place !== place || one.to > message.to);
      bytesOnTheWay = onTheWay.reduce((sum, { bytes }) => sum + bytes, 0);
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    const start: ProjectionStart = { places, streams };
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
      signal.removeEventListener('abort', stop);
    }
  }

  return {
    run,
    wantsRows: () => worker !== undefined && bytesOnTheWay < handedOverBytes,
    nudge({ key, header, sha256, stored_sha256, raw }, rows) {
      if (!worker) return;
      const { stream, partition, to } = header;
      if (!rows) {
        return worker.postMessage({ kind: 'hint', stream, partition } satisfies ToThread);
      }
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
