// SPDX-License-Identifier: Apache-2.0
// One fetch under way per broker that leads something we read; leaders may move at any time.
import { QueueError } from '../errors.ts';
import type { Notice } from '../queue.ts';
import { type Bell, pause } from '../signal.ts';
import { kindOf } from './broker-errors.ts';
import { type Fetched, fetchFrom } from './fetch.ts';
import { createAnswers } from './fetch-answers.ts';
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
const PARTITION_BYTES = 256 << 10;
const TOTAL_BYTES = 10 << 20;
const BACKOFF_MS = 100;

/** Fetches until aborted; rejects only with what waiting does not cure. */
export async function runFetchLoops(deps: FetchLoopsDeps, signal: AbortSignal): Promise<void> {
  const { readers, room } = deps;
  const answers = createAnswers(deps.cluster);
  const loops = new Map<number, Promise<void>>();
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  let failure: unknown;

  async function follow(nodeId: number): Promise<void> {
    try {
      for (let led = ledBy(deps, nodeId); led.length > 0 && !stop.aborted; led = ledBy(deps, nodeId)) {
        const open = led.filter(reader => reader.hasRoom());
        if (open.length === 0) await room.wait(stop);
        else await fetchOnce(nodeId, open, open.length === led.length ? IDLE_WAIT_MS : BUSY_WAIT_MS);
      }
    } catch (cause) {
      failure ??= cause;
      failing.abort();
    } finally {
      loops.delete(nodeId);
      room.ring();
    }
  }

  async function fetchOnce(nodeId: number, open: PartitionReader[], maxWaitMs: number): Promise<void> {
    let trouble: string | undefined;
    try {
      for (const part of await fetchParts(deps.cluster, nodeId, open, maxWaitMs)) {
        if (stop.aborted) return;
        trouble = (await answers.take(part, open)) ?? trouble;
      }
    } catch (cause) {
      if (cause instanceof QueueError) throw cause;
      trouble = `fetching from broker ${nodeId}: ${kindOf(cause)}`;
    }
    if (trouble === undefined) return;
    deps.report({ level: 'warn', text: `${trouble}, trying again` });
    await refreshLeaders(deps, stop);
  }

  while (!stop.aborted) {
    const leaders = readers.map(reader => leaderOf(deps.cluster, reader));
    for (const nodeId of leaders) if (nodeId >= 0 && !loops.has(nodeId)) loops.set(nodeId, follow(nodeId));
    if (leaders.includes(-1)) await refreshLeaders(deps, stop);
    else await room.wait(stop, 1000);
  }
  await Promise.all(loops.values());
  if (failure !== undefined) throw failure;
}

function ledBy({ cluster, readers }: FetchLoopsDeps, nodeId: number): PartitionReader[] {
  return readers.filter(reader => leaderOf(cluster, reader) === nodeId);
}

/** The leader as last heard; -1 while there is none. */
function leaderOf(cluster: Cluster, { topic, partition }: PartitionReader): number {
  const known = cluster.findTopicPartitionMetadata(topic);
  return known.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
}

async function fetchParts(
  cluster: Cluster,
  nodeId: number,
  open: PartitionReader[],
  maxWaitMs: number,
): Promise<Fetched[]> {
  const broker = await cluster.findBroker({ nodeId });
  const wanted = rotated(open).map(reader => ({
    topic: reader.topic,
    partition: reader.partition,
    offset: reader.wanted(),
  }));
  return fetchFrom(broker, wanted, { maxWaitMs, partitionBytes: PARTITION_BYTES, totalBytes: TOTAL_BYTES });
}

async function refreshLeaders({ cluster, report }: FetchLoopsDeps, stop: AbortSignal): Promise<void> {
  await pause(BACKOFF_MS, stop);
  if (stop.aborted) return;
  await cluster.refreshMetadata().catch(cause => {
    report({ level: 'warn', text: `asking for leaders: ${kindOf(cause)}, trying again` });
  });
}

/** A broker fills its answer in the order asked: no partition may always come first. */
function rotated<T>(list: T[]): T[] {
  const from = Math.floor(Math.random() * list.length);
  return [...list.slice(from), ...list.slice(0, from)];
}
