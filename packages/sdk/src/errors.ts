// SPDX-License-Identifier: Apache-2.0
// What a trail could not do. A rejected record() always says which of these it was, so that the calling
// service can decide whether to go on.
import type { explain, Verdict } from '@ashiato/policy';
import type { Problem } from '@ashiato/schema';

/**
 * Stable reasons, one metric label each:
 * - `OPTIONS` the trail cannot be made from these options
 * - `INVALID_EVENT` the event is not as the schema says; `problems` names every place; nothing was recorded
 * - `SPOOL_FULL` the spool's size limit, or the number of waiting records, is reached; nothing was recorded
 * - `SPOOL_LOCKED` another live process holds the spool folder
 * - `SPOOL_WRITE` the disk refused; whether the event is in the spool is not known
 * - `SPOOL_DAMAGED` what the spool folder holds is not what was written
 * - `DELIVERY_TIMEOUT` recorded on this disk, not acknowledged in time; it will still be delivered
 * - `NOT_DELIVERED` recorded on this disk; the trail was closed before the acknowledgement came
 * - `CLOSED` record() after close()
 */
export type TrailErrorCode =
  | 'OPTIONS'
  | 'INVALID_EVENT'
  | 'SPOOL_FULL'
  | 'SPOOL_LOCKED'
  | 'SPOOL_WRITE'
  | 'SPOOL_DAMAGED'
  | 'DELIVERY_TIMEOUT'
  | 'NOT_DELIVERED'
  | 'CLOSED';

/** Thrown, or a promise's rejection, for what a trail could not do. Messages hold nothing of the event's values. */
export class TrailError extends Error {
  readonly code: TrailErrorCode;
  /** With `INVALID_EVENT`: every member that must be mended, by JSON pointer; empty otherwise. */
  readonly problems: readonly Problem[];

  constructor(
    code: TrailErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'TrailError';
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** Thrown in mode `enforce` for an access that the policy refuses; what would make it conform is in the message. */
export class PolicyViolationError extends Error {
  readonly code = 'POLICY_VIOLATION';
  readonly verdict: Verdict;
  /** Ids of the clauses by which it is refused. */
  readonly clauses: readonly string[];
  /** Whether the denied attempt is in the trail; if not, `cause` says why. */
  readonly recorded: boolean;

  constructor({ verdict, refused, changes }: ReturnType<typeof explain>, unrecorded?: { cause: unknown }) {
    const reasons = refused.map(
      ({ about, en, clauses }) => `${about}: ${en} (${clauses.map(({ id }) => id).join(', ')})`,
    );
    const remedies = changes.map(({ en }) => en);
    super(`the policy refuses this access. ${[...reasons, ...remedies].join(' ')}`, unrecorded);
    this.name = 'PolicyViolationError';
    this.verdict = verdict;
    this.clauses = [...new Set(refused.flatMap(({ clauses }) => clauses.map(({ id }) => id)))];
    this.recorded = unrecorded === undefined;
  }
}
