// SPDX-License-Identifier: Apache-2.0
// One run of a trail: from taking the spool folder to letting go of it. A run is one epoch of the source.
import { createAcknowledgements } from './acknowledgements.ts';
import { type Appender, createAppender } from './appender.ts';
import type { OpenDestination } from './destination.ts';
import { TrailError } from './errors.ts';
import { type Origin, originOf } from './event-bytes.ts';
import { keepForwarded } from './forwarding.ts';
import { readSealKey } from './seal-key.ts';
import { createSealer } from './seals.ts';
import { openSpool, type Spool } from './spool.ts';

export interface Run {
  origin: Origin;
  appender: Appender;
  pending(): number;
  /** Resolves when the destination acknowledged the event at `offset`; `DELIVERY_TIMEOUT` after `timeoutMs`. */
  acknowledged(offset: number, timeoutMs: number): Promise<void>;
  /** Seals the epoch, and resolves when everything in the spool is acknowledged; rejects after `timeoutMs`. */
  finish(timeoutMs: number): Promise<void>;
  /** Ends forwarding, then lets go of the folder. What is not acknowledged stays for the next run. */
  stop(): Promise<void>;
}

export interface RunDeps {
  source: string;
  spoolDir: string;
  maxSpoolBytes: number;
  onFull: 'reject' | 'block';
  sealKeyFile?: string;
  /** In seconds. */
  sealInterval: number;
  /** Undefined where another process delivers. */
  destination: OpenDestination | undefined;
  now: () => number;
  report: (notice: { level: 'warn' | 'error'; text: string }) => void;
  onDelivered: () => void;
  onFailure: (text: string) => void;
}

/** Begins an epoch, and begins forwarding what earlier runs left, before anything of this one. */
export async function startRun(deps: RunDeps): Promise<Run> {
  const { source, spoolDir, maxSpoolBytes, onFull, sealKeyFile, sealInterval: interval, now, report } = deps;
  const key = sealKeyFile === undefined ? undefined : readSealKey(sealKeyFile);
  const spool = await openSpool({ dir: spoolDir, maxBytes: maxSpoolBytes, now, report });
  const origin = originOf(source, spool.epoch);
  const sealer = key && createSealer({ origin, key, interval, now, previous: spool.previous });
  const appender = createAppender({ spool, origin, sealer, onFull });
  // Before the first event, and before anything is removed: it says where the epoch before this one ended.
  if (sealer) await appender.seal();
  return createRun(deps, spool, origin, appender);
}

function createRun(deps: RunDeps, spool: Spool, origin: Origin, appender: Appender): Run {
  const { destination, report, onDelivered, onFailure } = deps;
  const acknowledgements = createAcknowledgements();
  const ending = new AbortController();
  let failure: TrailError | undefined;
  const onReached = (next: number) => {
    acknowledgements.reached(next);
    onDelivered();
  };
  const forwarding = keepForwarded(
    { spoolDir: deps.spoolDir, spool, destination, onDelivered: onReached, onFailure },
    ending.signal,
  ).catch(cause => {
    failure = asTrailError(cause);
    report({ level: 'error', text: `nothing is forwarded any more: ${failure.message}` });
    acknowledgements.giveUp(failure);
  });
  const sealing = deps.sealKeyFile
    ? setInterval(() => void appender.seal(), deps.sealInterval * 1000).unref()
    : undefined;

  return {
    origin,
    appender,
    pending: spool.pending,
    async acknowledged(offset, timeoutMs) {
      if (failure !== undefined) throw failure;
      await acknowledgements.wait(offset, timeoutMs, () => late(timeoutMs));
    },
    async finish(timeoutMs) {
      clearInterval(sealing);
      const inTime = createDeadline(timeoutMs);
      await inTime(appender.idle());
      await inTime(appender.seal(true));
      if (spool.pending() === 0) return;
      if (failure !== undefined) throw failure;
      await acknowledgements.wait(spool.last(), inTime.left(), () => notInTime(timeoutMs));
    },
    async stop() {
      clearInterval(sealing);
      appender.end();
      await appender.idle();
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

/** Lets several steps share one time limit. */
function createDeadline(timeoutMs: number) {
  const end = performance.now() + timeoutMs;
  const left = () => Math.max(0, end - performance.now());
  const inTime = async (step: Promise<void>) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(notInTime(timeoutMs)), left());
    });
    await Promise.race([step, late]).finally(() => clearTimeout(timer));
  };
  return Object.assign(inTime, { left });
}

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
