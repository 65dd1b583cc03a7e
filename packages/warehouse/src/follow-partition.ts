// SPDX-License-Identifier: Apache-2.0
// The loop of one partition: project what is there, wait for more, try again after failures.
import { type Bell, createBell } from './bell.ts';
import { codeOf } from './errors.ts';
import type { ReadySegment } from './insert-segment.ts';
import { createPartitionProjection } from './project-partition.ts';
import type { ProjectionDeps } from './projection.ts';
import type { Turns } from './turns.ts';

/** One partition's state, for metrics and readiness. */
export interface PartitionStatus {
  stream: string;
  partition: number;
  /** Last projected offset, -1 before the first; null until ClickHouse has told. */
  projected_to: number | null;
  /** Highest committed offset that this process has seen; null before it saw one. */
  committed_to: number | null;
  /** When the last projected segment was committed, RFC 3339; null before the first. */
  last_segment_at: string | null;
  /** Segments projected by this process. */
  segments: number;
  /** Failed tries in a row. */
  failures: number;
  /** Code of the last failure; null after a success. */
  error: string | null;
}

/** `code` is null on recovery. `place` is `<stream>.<partition>`, or `partitions` for their listing. */
export interface ProjectionChange {
  place: string;
  code: string | null;
  error: unknown;
}

export interface Follower {
  status: PartitionStatus;
  /** Something was committed, or will be and is told then. */
  ring(): void;
  /** Runs until aborted; resolves when the insert under way has ended. */
  follow(signal: AbortSignal): Promise<void>;
}

const FIRST_BACKOFF_MS = 200;
/**
 * How often a partition that we are nudged about is looked at without a nudge. The store has a segment before we are
 * handed its rows, and making them again costs more than all the rest.
 */
const NUDGED_POLL_MS = 10_000;

export function createFollower(
  deps: ProjectionDeps,
  place: {
    stream: string;
    partition: number;
    pending(from: number): ReadySegment | undefined;
    /** Whether `pending` has that segment. */
    holds(from: number): boolean;
    turns: Turns;
  },
): Follower {
  const { stream, partition, turns } = place;
  const { warehouse, ledger, pollMs = 1_000, maxBackoffMs = 10_000 } = deps;
  const projection = createPartitionProjection({ warehouse, ledger, ...place });
  const committed = createBell();
  let nudged = false;
  const never: Bell = createBell(); // a nudge must not shorten the pause after a failure
  const status: PartitionStatus = {
    stream,
    partition,
    projected_to: null,
    committed_to: null,
    last_segment_at: null,
    segments: 0,
    failures: 0,
    error: null,
  };

  function succeeded(segment: ReadySegment | undefined): void {
    const next = projection.next();
    if (next !== undefined) status.projected_to = next - 1;
    if (status.error !== null) deps.onChange?.({ place: `${stream}.${partition}`, code: null, error: null });
    status.failures = 0;
    status.error = null;
    if (!segment) return;
    status.segments++;
    status.last_segment_at = segment.header.created_at;
    status.committed_to = Math.max(status.committed_to ?? -1, segment.header.to);
  }

  function failed(error: unknown): void {
    const code = codeOf(error);
    if (code !== status.error) deps.onChange?.({ place: `${stream}.${partition}`, code, error });
    status.failures++;
    status.error = code;
  }

  async function untilNext(segment: ReadySegment | undefined, signal: AbortSignal): Promise<void> {
    const next = projection.next();
    const more = next !== undefined && place.holds(next);
    const backlog = segment !== undefined && !projection.handedOver();
    if (!more && !backlog) await committed.wait(nudged ? NUDGED_POLL_MS : pollMs, signal);
  }

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const segment = await turns.take(() => projection.step());
        succeeded(segment);
        await untilNext(segment, signal);
      } catch (error) {
        failed(error);
        const backoff = FIRST_BACKOFF_MS * 2 ** Math.min(status.failures - 1, 16);
        await never.wait(Math.min(backoff, maxBackoffMs), signal);
      }
    }
  }

  function ring(): void {
    nudged = true;
    committed.ring();
  }

  return { status, ring, follow };
}
