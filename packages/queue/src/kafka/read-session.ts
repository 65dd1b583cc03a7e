// SPDX-License-Identifier: Apache-2.0
// What one assignment makes us read, from its first offset to its revocation.
import type { Notice, Subscription } from '../queue.ts';
import { createBell, pause } from '../signal.ts';
import { checkStart } from '../start-offset.ts';
import { runFetchLoops } from './fetch-loops.ts';
import { type Held, heldPatiently } from './held-offsets.ts';
import type { Assigned } from './join-group.ts';
import type { Cluster } from './kafkajs-private.ts';
import { createPartitionReader, type PartitionReader } from './partition-reader.ts';

export interface ReadSession {
  /** Resolves when stopped; rejects with what ends the subscription. */
  ended: Promise<void>;
  /** Stops reading; resolves when no callback is under way and every partition was revoked. */
  stop(): Promise<void>;
}

export interface ReadSessionDeps {
  cluster: Cluster;
  subscription: Subscription;
  readAheadBytes: number;
  cleanupPolicy: (topic: string) => Promise<string>;
  report: (notice: Notice) => void;
}

/** A leader just elected may not know the end of its log yet: so often it is asked again. */
const ASK_AGAIN = 20;
const ASK_EVERY_MS = 200;

/** Begins to read what was assigned. */
export function beginReadSession(deps: ReadSessionDeps, assigned: Assigned[]): ReadSession {
  const { cluster, subscription, report } = deps;
  const stopping = new AbortController();
  const stop = stopping.signal;
  const room = createBell();
  const readers: PartitionReader[] = [];
  const begun: Assigned[] = [];

  async function readPartition({ topic, partition }: Assigned): Promise<void> {
    const held = await heldPatiently(deps, { topic, partition }, stop);
    if (held === undefined) return;
    begun.push({ topic, partition });
    const start = await subscription.startAt(topic, partition, { low: held.low, high: held.high });
    const now = await heldUpTo(deps, { topic, partition }, { start, held }, stop);
    if (stop.aborted) return;
    checkStart(topic, partition, start, now.high);
    const { onChunk } = subscription;
    const reader = createPartitionReader({ ...deps, topic, partition, start, room, onChunk });
    reader.skipExpired(now.low, now.high);
    readers.push(reader);
    room.ring();
    await reader.run(stop);
  }

  async function run(): Promise<void> {
    const tasks = [...assigned.map(readPartition), runFetchLoops({ cluster, readers, room, report }, stop)];
    // The first failure stops the others; all have ended before anything is revoked.
    for (const task of tasks) task.catch(() => stopping.abort());
    const results = await Promise.allSettled(tasks);
    for (const { topic, partition } of begun) await subscription.onRevoked(topic, partition);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  const ended = run();
  const settled = ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      stopping.abort();
      await settled;
    },
  };
}

/** What is held, asked again for a while when `start` lies beyond its end. */
async function heldUpTo(
  deps: ReadSessionDeps,
  place: Assigned,
  { start, held }: { start: number; held: Held },
  stop: AbortSignal,
): Promise<Held> {
  let now = held;
  for (let times = 0; start > now.high && times < ASK_AGAIN && !stop.aborted; times++) {
    await pause(ASK_EVERY_MS, stop);
    now = (await heldPatiently(deps, place, stop)) ?? now;
  }
  return now;
}
