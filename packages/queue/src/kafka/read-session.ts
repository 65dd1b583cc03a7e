// SPDX-License-Identifier: Apache-2.0
// What one assignment makes us read, from its first offset to its revocation.

import { QueueError } from '../errors.ts';
import type { Notice, Subscription } from '../queue.ts';
import { createBell, pause } from '../signal.ts';
import { checkStart } from '../start-offset.ts';
import { isRefusal, kindOf } from './broker-errors.ts';
import { runFetchLoops } from './fetch-loops.ts';
import { type Held, heldOffsets } from './held-offsets.ts';
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

export interface Assigned {
  topic: string;
  partition: number;
}

/** Begins to read what was assigned. */
export function beginReadSession(deps: ReadSessionDeps, assigned: Assigned[]): ReadSession {
  const { cluster, subscription, report } = deps;
  const stopping = new AbortController();
  const stop = stopping.signal;
  const room = createBell();
  const readers: PartitionReader[] = [];
  const begun: Assigned[] = [];

  async function readPartition({ topic, partition }: Assigned): Promise<void> {
    const held = await heldPatiently(topic, partition);
    if (held === undefined) return;
    begun.push({ topic, partition });
    const start = await subscription.startAt(topic, partition, { low: held.low, high: held.high });
    if (stop.aborted) return;
    const high = start > held.high ? ((await heldPatiently(topic, partition))?.high ?? held.high) : held.high;
    checkStart(topic, partition, start, high);
    const reader = createPartitionReader({
      ...deps,
      topic,
      partition,
      start,
      room,
      onChunk: subscription.onChunk,
    });
    reader.skipExpired(held.low, held.high);
    readers.push(reader);
    room.ring();
    await reader.run(stop);
  }

  /** Asks until a leader answers; undefined when stopped. */
  async function heldPatiently(topic: string, partition: number): Promise<Held | undefined> {
    while (!stop.aborted) {
      try {
        const [held] = await heldOffsets(cluster, topic, [partition]);
        if (held !== undefined) return held;
      } catch (cause) {
        if (isRefusal(cause))
          throw new QueueError('REFUSED', `reading ${topic}: ${kindOf(cause)}`, { cause });
        report({
          level: 'warn',
          text: `${topic}/${partition}: asking for its offsets: ${kindOf(cause)}, trying again`,
        });
        await pause(200, stop);
        await cluster.refreshMetadata().catch(() => undefined);
      }
    }
    return undefined;
  }

  async function whileAll(tasks: Promise<void>[]): Promise<void> {
    const results = await Promise.allSettled(
      tasks.map(task =>
        task.catch(cause => {
          stopping.abort();
          throw cause;
        }),
      ),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async function run(): Promise<void> {
    try {
      await whileAll([
        ...assigned.map(readPartition),
        runFetchLoops({ cluster, readers, room, report }, stop),
      ]);
    } finally {
      for (const { topic, partition } of begun) await subscription.onRevoked(topic, partition);
    }
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
