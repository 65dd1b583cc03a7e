// SPDX-License-Identifier: Apache-2.0
// The recorder: queue -> judge -> segment. It owns no state that is not in the segments: after any failure it
// drops what it holds and takes its partitions over again, which is the same code as its start.
import { setTimeout } from 'node:timers/promises';
import { LedgerError } from '@ashiato/ledger';
import { type Chunk, type Publisher, type Queue, QueueError } from '@ashiato/queue';
import type { Stream } from '@ashiato/schema';
import { publishBeacons } from './beacon.ts';
import {
  createPartitionRecorder,
  type FlushLimits,
  LostRace,
  type PartitionRecorder,
} from './partition-recorder.ts';
import type { Recorded, RecordingDeps } from './record-chunk.ts';
import { takeOver } from './take-over.ts';

/** Which topic feeds which stream. The stream's name is part of every key; its kind says which shapes it holds. */
export interface RecordedStream {
  kind: Stream;
  stream: string;
  topic: string;
}

export interface RecorderDeps extends RecordingDeps {
  queue: Queue;
  streams: readonly RecordedStream[];
  group: string;
  limits: FlushLimits;
  beaconIntervalMs: number;
  /** What must be there before anything is recorded (topics, policy bundles); run at each start, MUST be repeatable. */
  prepare(): Promise<void>;
  /** A just committed segment, whose bytes may be read before this returns, not after. MUST NOT throw. */
  onCommitted(recorded: Recorded): void;
  log: {
    info(about: object, text: string): void;
    warn(about: object, text: string): void;
    error(about: object, text: string): void;
  };
}

export interface Recorder {
  /** Records until aborted; resolves when what was gathered is committed. Rejects only on what no retry cures. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether every partition held can commit: no failure since the last take-over. */
  ready(): boolean;
}

const RETRY_MS = [200, 500, 1000, 2000, 5000] as const;

export function createRecorder(deps: RecorderDeps): Recorder {
  const held = new Map<string, PartitionRecorder>();
  const byTopic = new Map(deps.streams.map(stream => [stream.topic, stream]));
  const keyOf = (topic: string, partition: number) => `${topic}/${partition}`;
  const memories: Buffer[] = [];
  let failures = 0;

  async function run(signal: AbortSignal): Promise<void> {
    const publisher = deps.queue.publisher();
    const beacons = setInterval(() => void sendBeacons(publisher), deps.beaconIntervalMs);
    try {
      while (!signal.aborted) await runOnce(signal);
    } finally {
      clearInterval(beacons);
      await publisher.close();
    }
  }

  /** One life: from taking partitions over to the first failure or the end. */
  async function runOnce(signal: AbortSignal): Promise<void> {
    const life = new AbortController();
    const ends = AbortSignal.any([signal, life.signal]);
    let failure: unknown;
    const fail = (error: unknown) => {
      failure ??= error;
      life.abort();
    };
    try {
      await deps.prepare();
      await deps.queue.subscribe(subscription(fail), ends);
    } catch (error) {
      failure ??= error;
    }
    held.clear();
    if (failure === undefined) return;
    if (!curable(failure)) throw failure;
    const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!;
    deps.log.warn({ err: failure, retry_in_ms: wait }, 'recording stopped; taking the partitions over again');
    await waitUnlessAborted(wait, signal);
  }

  function subscription(fail: (error: unknown) => void) {
    return {
      topics: [...byTopic.keys()],
      group: deps.group,
      async startAt(topic: string, partition: number, broker: { low: number; high: number }) {
        const { kind, stream } = byTopic.get(topic)!;
        const tip = await takeOver(deps, { stream, topic, partition }, broker);
        const { next } = tip;
        const onCommitted = (recorded: Recorded) => committedHere(topic, recorded);
        const recorder = createPartitionRecorder(kind, tip, {
          ...deps,
          memories,
          onCommitted,
          onFailed: fail,
        });
        held.set(keyOf(topic, partition), recorder);
        deps.log.info({ stream, partition, next }, 'partition taken over');
        return next;
      },
      async onChunk(chunk: Chunk) {
        await held.get(keyOf(chunk.topic, chunk.partition))?.take(chunk);
      },
      async onRevoked(topic: string, partition: number) {
        const recorder = held.get(keyOf(topic, partition));
        held.delete(keyOf(topic, partition));
        await recorder?.close();
      },
    };
  }

  function committedHere(topic: string, recorded: Recorded): void {
    failures = 0;
    const { stream, partition, to } = recorded.segment.header;
    deps.metrics.committedSegments.inc({ stream });
    deps.metrics.committedOffset.set({ stream, partition }, to);
    deps.onCommitted(recorded);
    // A hint for lag tools only: positions come from the segments, so nothing depends on this.
    deps.queue.commitHint(deps.group, topic, partition, to + 1).catch(error => {
      deps.log.warn(
        { err: error, stream, partition },
        'the offset hint could not be written; nothing depends on it',
      );
    });
  }

  async function sendBeacons(publisher: Publisher): Promise<void> {
    const places = [...held.keys()].map(key => {
      const at = key.lastIndexOf('/');
      return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
    });
    try {
      await publishBeacons(publisher, places, deps.identity.recorder, deps.now());
    } catch (error) {
      deps.log.warn({ err: error }, 'beacons could not be published; silence cannot be dated until they can');
    }
  }

  return { run, ready: () => held.size > 0 && failures === 0 };
}

/** What a new take-over may cure. The chain and the broker's history are not among it. */
function curable(error: unknown): boolean {
  if (error instanceof LostRace) return true;
  if (error instanceof LedgerError) return error.code === 'KEYS_TAKEN';
  if (error instanceof QueueError) return error.code !== 'OFFSET_HOLE' && error.code !== 'TOPIC_MISMATCH';
  return error instanceof Error && error.name === 'ObjectsError';
}

async function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch {
    // aborted: the caller looks at the signal itself
  }
}
