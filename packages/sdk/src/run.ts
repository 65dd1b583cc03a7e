// SPDX-License-Identifier: Apache-2.0
// One run of a trail: from taking the spool folder to letting go of it. A run is one epoch of the source.
import { createAcknowledgements } from './acknowledgements.ts';
import { type Appender, createAppender } from './appender.ts';
import type { OpenDestination } from './destination.ts';
import { TrailError } from './errors.ts';
import { type Origin, originOf } from './event-bytes.ts';
import { forward } from './forward.ts';
import { openSpool, type Spool } from './spool.ts';

export interface Run {
  origin: Origin;
  appender: Appender;
  pending(): number;
  /** Resolves when the destination acknowledged the event at `offset`; `DELIVERY_TIMEOUT` after `timeoutMs`. */
  acknowledged(offset: number, timeoutMs: number): Promise<void>;
  /** Resolves when everything now in the spool is acknowledged, or rejects after `timeoutMs`. */
  drained(timeoutMs: number): Promise<void>;
  /** Ends forwarding, then lets go of the folder. What is not acknowledged stays for the next run. */
  stop(): Promise<void>;
}

export interface RunDeps {
  source: string;
  spoolDir: string;
  maxSpoolBytes: number;
  destination: OpenDestination;
  now: () => number;
  report: (notice: { level: 'warn' | 'error'; text: string }) => void;
  onDelivered: () => void;
  onFailure: (text: string) => void;
}

/** Begins an epoch, and begins forwarding what earlier runs left, before anything of this one. */
export async function startRun(deps: RunDeps): Promise<Run> {
  const { source, spoolDir, maxSpoolBytes, now, report } = deps;
  const spool = await openSpool({ dir: spoolDir, maxBytes: maxSpoolBytes, now, report });
  const origin = originOf(source, spool.epoch);
  return createRun(deps, spool, origin);
}

function createRun(deps: RunDeps, spool: Spool, origin: Origin): Run {
  const { destination, report, onDelivered, onFailure } = deps;
  const acknowledgements = createAcknowledgements();
  const ending = new AbortController();
  let failure: TrailError | undefined;
  const onReached = (next: number) => {
    acknowledgements.reached(next);
    onDelivered();
  };
  const forwarding = forward({ spool, destination, onDelivered: onReached, onFailure }, ending.signal).catch(
    cause => {
      failure = asTrailError(cause);
      report({ level: 'error', text: `nothing is forwarded any more: ${failure.message}` });
      acknowledgements.giveUp(failure);
    },
  );
  const appender = createAppender(spool, origin);

  return {
    origin,
    appender,
    pending: spool.pending,
    async acknowledged(offset, timeoutMs) {
      if (failure !== undefined) throw failure;
      await acknowledgements.wait(offset, timeoutMs, () => late(timeoutMs));
    },
    async drained(timeoutMs) {
      await appender.idle();
      if (spool.pending() === 0) return;
      if (failure !== undefined) throw failure;
      await acknowledgements.wait(spool.last(), timeoutMs, () => notInTime(timeoutMs));
    },
    async stop() {
      ending.abort();
      await forwarding;
      acknowledgements.giveUp(stopped());
      await spool.close();
    },
  };
}

function asTrailError(cause: unknown): TrailError {
  if (cause instanceof TrailError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TrailError('SPOOL_DAMAGED', `reading the spool: ${reason}`, { cause });
}

const late = (timeoutMs: number) =>
  new TrailError(
    'DELIVERY_TIMEOUT',
    `no acknowledgement within ${timeoutMs} ms; the event is on this disk and will still be delivered`,
  );

const notInTime = (timeoutMs: number) =>
  new TrailError(
    'NOT_DELIVERED',
    `not everything was acknowledged within ${timeoutMs} ms; the rest stays spooled`,
  );

const stopped = () =>
  new TrailError(
    'NOT_DELIVERED',
    'the event is on this disk and was not acknowledged before the trail stopped; the next start delivers it',
  );
