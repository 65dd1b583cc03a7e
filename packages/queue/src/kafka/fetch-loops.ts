// SPDX-License-Identifier: Apache-2.0
// One fetch under way per broker that leads something we read; leaders may move at any time.
import { QueueError } from '../errors.ts';
import type { Notice } from '../queue.ts';
import { type Bell, pause } from '../signal.ts';
import { kindOf } from './broker-errors.ts';
import { type Fetched, fetchFrom } from './fetch.ts';
import { heldOffsets } from './held-offsets.ts';
import type { Cluster } from './kafkajs-private.ts';
import type { PartitionReader } from './partition-reader.ts';

export interface FetchLoopsDeps {
  cluster: Cluster;
  /** Grows while partitions are being assigned. */
  readers: PartitionReader[];
  /** Rung when a reader was added or has room again. */
  room: Bell;
  report: (notice: Notice) => void;
}

const IDLE_WAIT_MS = 200;
/** While some partition waits for room, an empty fetch must not hold it up. */
const BUSY_WAIT_MS = 10;
const PARTITION_BYTES = 1 << 20;
const TOTAL_BYTES = 10 << 20;
const BACKOFF_MS = 100;
/** A leader just elected may not know its end yet; after so many answers we believe it. */
const BELIEVE_AFTER = 50;

const OFFSET_OUT_OF_RANGE = 1;
const TOPIC_AUTHORIZATION_FAILED = 29;

/** Fetches until aborted; rejects only with what waiting does not cure. */
export async function runFetchLoops(deps: FetchLoopsDeps, signal: AbortSignal): Promise<void> {
  const { cluster, readers, room, report } = deps;
  const loops = new Map<number, Promise<void>>();
  const beyondEnd = new Map<PartitionReader, number>();
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  let failure: unknown;

  function leaderOf(reader: PartitionReader): number {
    const found = cluster
      .findTopicPartitionMetadata(reader.topic)
      .find(({ partitionId }) => partitionId === reader.partition);
    return found?.leader ?? -1;
  }

  async function loop(nodeId: number): Promise<void> {
    while (!stop.aborted) {
      const led = readers.filter(reader => leaderOf(reader) === nodeId);
      if (led.length === 0) return;
      const open = led.filter(reader => reader.hasRoom());
      if (open.length === 0) await room.wait(stop);
      else await fetchOnce(nodeId, open, open.length === led.length ? IDLE_WAIT_MS : BUSY_WAIT_MS);
    }
  }

  async function fetchOnce(nodeId: number, open: PartitionReader[], maxWaitMs: number): Promise<void> {
    try {
      const broker = await cluster.findBroker({ nodeId });
      const wanted = shuffled(open).map(({ topic, partition, wanted: offset }) => ({
        topic,
        partition,
        offset: offset(),
      }));
      const limits = { maxWaitMs, partitionBytes: PARTITION_BYTES, totalBytes: TOTAL_BYTES };
      const parts = await fetchFrom(broker, wanted, limits);
      if (stop.aborted) return;
      for (const part of parts) await take(part, open);
    } catch (cause) {
      if (cause instanceof QueueError) throw cause;
      report({ level: 'warn', text: `fetching from broker ${nodeId}: ${kindOf(cause)}, trying again` });
      await refresh();
    }
  }

  async function take(part: Fetched, open: PartitionReader[]): Promise<void> {
    const reader = open.find(one => one.topic === part.topic && one.partition === part.partition);
    if (reader === undefined) return;
    if (part.error === 0) {
      beyondEnd.delete(reader);
      reader.offer(part);
    } else if (part.error === OFFSET_OUT_OF_RANGE) await outOfRange(reader);
    else if (part.error === TOPIC_AUTHORIZATION_FAILED) {
      throw new QueueError(
        'REFUSED',
        `reading topic ${part.topic} is not allowed; grant the right and start again`,
      );
    } else {
      report({
        level: 'warn',
        text: `${part.topic}/${part.partition}: broker error ${part.error}, trying again`,
      });
      await refresh();
    }
  }

  async function outOfRange(reader: PartitionReader): Promise<void> {
    const { topic, partition } = reader;
    const held = (await heldOffsets(cluster, topic, [partition]))[0];
    if (held === undefined) return refresh();
    if (reader.wanted() < held.low) return reader.skipExpired(held.low, held.high);
    const times = (beyondEnd.get(reader) ?? 0) + 1;
    beyondEnd.set(reader, times);
    if (times < BELIEVE_AFTER) return refresh();
    throw new QueueError(
      'OFFSET_RANGE',
      `${topic}/${partition}: read up to offset ${reader.wanted()}, but the log now ends before ${held.high}; it was re-created or lost its end: use a new topic name for the new log`,
    );
  }

  async function refresh(): Promise<void> {
    await pause(BACKOFF_MS, stop);
    if (stop.aborted) return;
    await cluster.refreshMetadata().catch(cause => {
      report({ level: 'warn', text: `asking for leaders: ${kindOf(cause)}, trying again` });
    });
  }

  /** Starts a loop for each leader without one. */
  function startLoops(): boolean {
    let complete = true;
    for (const reader of readers) {
      const nodeId = leaderOf(reader);
      if (nodeId < 0) complete = false;
      else if (!loops.has(nodeId)) loops.set(nodeId, loopUntilIdle(nodeId));
    }
    return complete;
  }

  async function loopUntilIdle(nodeId: number): Promise<void> {
    try {
      await loop(nodeId);
    } catch (cause) {
      failure ??= cause;
      failing.abort();
    } finally {
      loops.delete(nodeId);
      room.ring();
    }
  }

  while (!stop.aborted) {
    if (startLoops()) await room.wait(stop, 1000);
    else await refresh();
  }
  await Promise.all(loops.values());
  if (failure !== undefined) throw failure;
}

/** A broker fills its answer in the order asked: no partition may always come first. */
function shuffled<T>(list: T[]): T[] {
  const from = Math.floor(Math.random() * list.length);
  return [...list.slice(from), ...list.slice(0, from)];
}
