// SPDX-License-Identifier: Apache-2.0
// Committed segments -> ClickHouse, a loop per partition, each with a frontier of its own. Commits never wait
// for this: when ClickHouse is down the loops try again for ever and catch up.
import { createBell } from './bell.ts';
import { codeOf } from './errors.ts';
import {
  createFollower,
  type Follower,
  type PartitionStatus,
  type ProjectionChange,
} from './follow-partition.ts';
import type { ReadySegment } from './insert-segment.ts';
import type { Warehouse } from './open-warehouse.ts';
import { createPendingSegments, type PendingSegments } from './pending-segments.ts';
import type { SegmentReader } from './project-partition.ts';
import { createTurns } from './turns.ts';

export interface Projection {
  /** Follows all partitions until aborted; resolves when the inserts under way have ended. */
  run(signal: AbortSignal): Promise<void>;
  /** A hint that something was committed; with the segment itself nothing needs to be read back. */
  nudge(stream: string, partition: number, segment?: ReadySegment): void;
  status(): PartitionStatus[];
}

export interface ProjectionDeps {
  warehouse: Warehouse;
  ledger: SegmentReader;
  streams: readonly string[];
  /** Told of the first failure in a row, of each change of its code, and of the recovery: never of every try. */
  onChange?: (change: ProjectionChange) => void;
  /** How often to look for the next segment without a nudge. */
  pollMs?: number;
  /** How often to look for partitions that nobody nudged. */
  discoverMs?: number;
  /** Bound on segments kept in memory. */
  pendingBytes?: number;
  /** Longest pause between failed tries. */
  maxBackoffMs?: number;
  /** Inserts at once, over all partitions: each holds a segment and its block in memory. */
  inserts?: number;
}

export function createProjection(deps: ProjectionDeps): Projection {
  const { discoverMs = 30_000, pendingBytes = 128 * 2 ** 20 } = deps;
  const pending = createPendingSegments(pendingBytes);
  const newcomers = createBell();
  const followers = createFollowers(deps, pending, newcomers.ring);
  const discover = createDiscovery(deps, followers.of);

  async function run(signal: AbortSignal): Promise<void> {
    const running = new Map<Follower, Promise<void>>();
    while (!signal.aborted) {
      await discover();
      for (const follower of followers.all()) {
        if (!running.has(follower)) running.set(follower, follower.follow(signal));
      }
      await newcomers.wait(discoverMs, signal);
    }
    await Promise.all(running.values());
  }

  return {
    run,
    nudge(stream, partition, segment) {
      const follower = followers.of(stream, partition);
      if (segment) {
        pending.put(segment);
        follower.status.committed_to = Math.max(follower.status.committed_to ?? -1, segment.header.to);
      }
      follower.ring();
    },
    status: () => followers.all().map(({ status }) => ({ ...status })),
  };
}

interface Followers {
  /** Makes it when there is none yet. */
  of(stream: string, partition: number): Follower;
  all(): Follower[];
}

function createFollowers(deps: ProjectionDeps, pending: PendingSegments, onNew: () => void): Followers {
  const turns = createTurns(deps.inserts ?? 2);
  const known = new Map<string, Follower>();
  return {
    of(stream, partition) {
      const place = `${stream}.${partition}`;
      let follower = known.get(place);
      if (!follower) {
        follower = createFollower(deps, {
          stream,
          partition,
          pending: from => pending.take(stream, partition, from),
          holds: from => pending.holds(stream, partition, from),
          turns,
        });
        known.set(place, follower);
        onNew();
      }
      return follower;
    },
    all: () => [...known.values()],
  };
}

/** A store that cannot be listed keeps us from new partitions only; the ones known go on. */
function createDiscovery(
  { ledger, streams, onChange }: ProjectionDeps,
  found: Followers['of'],
): () => Promise<void> {
  let lastCode: string | null = null;
  return async () => {
    let code: string | null = null;
    let cause: unknown = null;
    try {
      for (const stream of streams) {
        for (const partition of await ledger.partitions(stream)) found(stream, partition);
      }
    } catch (error) {
      code = codeOf(error);
      cause = error;
    }
    if (code !== lastCode) onChange?.({ place: 'partitions', code, error: cause });
    lastCode = code;
  };
}
