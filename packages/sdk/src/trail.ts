// SPDX-License-Identifier: Apache-2.0
// The trail a service writes to: check, number, put on disk, forward.
import { setTimeout as pause } from 'node:timers/promises';
import { accessEvent } from '@ashiato/schema';
import { type AccessRecord, checkDraft, draftOf, type Vocabulary } from './access-record.ts';
import { type Destination, openDestination } from './destination.ts';
import { TrailError } from './errors.ts';
import type { Run } from './run.ts';
import { createRuns } from './runs.ts';

const MiB = 1 << 20;
const LET_GO_MS = 2000;

export type TrailOptions = Destination & {
  /**
   * Who emits: a URI reference such as `/billing/web-1`. It MUST be one running instance's own: two instances
   * under one source would give the same numbers to different events.
   */
  source: string;
  /** Folder for events on their way; this trail's own, on a local disk. Made when absent. */
  spoolDir: string;
  /**
   * When record() resolves: `disk` (default) when the event is fsynced in the spool; `delivered` when the
   * destination acknowledged it too.
   */
  durability?: 'disk' | 'delivered';
  /** With `delivered`: how long record() waits, in ms, before `DELIVERY_TIMEOUT`. Default 30 s. */
  deliveryTimeoutMs?: number;
  /** Largest size of the spool in bytes, at least 1 MiB; beyond it record() rejects with `SPOOL_FULL`. Default 1 GiB. */
  maxSpoolBytes?: number;
  /** Told what was ridden out and what stopped; nothing personal. Default: nobody. */
  onNotice?: (notice: { level: 'warn' | 'error'; text: string }) => void;
  /** Clock, in ms since 1970. Default: the system's. */
  now?: () => number;
};

/** Where a recorded event stands among its source's. */
export interface Recorded {
  id: string;
  source: string;
  epoch: number;
  sequence: number;
}

export interface TrailStatus {
  /** Epoch now in use; undefined before the first start. */
  epoch: number | undefined;
  /** Events on this disk that the destination has not acknowledged. */
  spooled: number;
  /** Why the last delivery failed; undefined again after one that succeeded. */
  lastFailure: string | undefined;
}

export interface Trail<V extends Vocabulary = Vocabulary> {
  /**
   * Takes the spool folder, begins a new epoch, and forwards what an earlier run left. record() does this by
   * itself; call it when the service starts, so that what was left does not wait for the first access.
   */
  start(): Promise<void>;
  /**
   * Records one access. When it resolves, the event survives kill -9 of this process and loss of power, and
   * will be delivered, at least once, in the order of the calls. A rejection is a TrailError that says why;
   * `INVALID_EVENT` and `SPOOL_FULL` left nothing behind.
   */
  record(access: AccessRecord<V>): Promise<Recorded>;
  status(): TrailStatus;
  /**
   * Refuses further records, waits until everything was acknowledged or `deadlineMs` (default 10 s) passed,
   * and lets go of the folder. What is `spooled` then is delivered after the next start.
   */
  close(options?: { deadlineMs?: number }): Promise<{ spooled: number }>;
}

/** A trail; no I/O before start() or the first record(). Throws `OPTIONS` when it cannot work as asked. */
export function createTrail<V extends Vocabulary = Vocabulary>(options: TrailOptions): Trail<V> {
  checkOptions(options);
  const { durability = 'disk', deliveryTimeoutMs = 30_000, now = Date.now } = options;
  const report = options.onNotice ?? (() => undefined);
  const destination = openDestination(options, text => report({ level: 'error', text }));
  let lastFailure: string | undefined;
  const runs = createRuns({
    source: options.source,
    spoolDir: options.spoolDir,
    maxSpoolBytes: options.maxSpoolBytes ?? 1024 * MiB,
    destination,
    now,
    report,
    onDelivered: () => {
      lastFailure = undefined;
    },
    onFailure: text => {
      lastFailure = text;
      report({ level: 'warn', text });
    },
  });
  let closing: Promise<{ spooled: number }> | undefined;

  async function openRun(): Promise<Run> {
    if (closing === undefined) {
      const run = await runs.current();
      if (closing === undefined) return run;
    }
    throw new TrailError('CLOSED', 'the trail was closed; make a new one to record');
  }

  async function close(deadlineMs: number): Promise<{ spooled: number }> {
    const run = await runs.last();
    await run?.drained(deadlineMs).catch((cause: Error) => report({ level: 'warn', text: cause.message }));
    await run?.stop();
    // A broker that is away may keep its client from ending; the events are safe in the spool.
    await Promise.race([destination.close(), pause(LET_GO_MS, undefined, { ref: false })]);
    return { spooled: run?.pending() ?? 0 };
  }

  return {
    async start() {
      await openRun();
    },
    async record(access) {
      const draft = draftOf(access, now());
      const run = await openRun();
      const { origin, appender } = run;
      const { sequence, offset } = await appender.append(checkDraft(draft, origin));
      if (durability === 'delivered') await run.acknowledged(offset, deliveryTimeoutMs);
      return { id: draft.id, source: origin.source, epoch: origin.epoch, sequence };
    },
    status: () => ({
      epoch: runs.opened()?.origin.epoch,
      spooled: runs.opened()?.pending() ?? 0,
      lastFailure,
    }),
    close({ deadlineMs = 10_000 } = {}) {
      closing ??= close(deadlineMs);
      return closing;
    },
  };
}

function checkOptions({ source, spoolDir, maxSpoolBytes }: TrailOptions): void {
  if (!accessEvent.shape.source.safeParse(source).success) {
    throw new TrailError(
      'OPTIONS',
      'source is no URI reference of at most 256 characters, as in /billing/web-1',
    );
  }
  if (spoolDir === '')
    throw new TrailError('OPTIONS', 'spoolDir is empty; name a folder of its own on a local disk');
  if (maxSpoolBytes !== undefined && !(maxSpoolBytes >= MiB)) {
    throw new TrailError('OPTIONS', `maxSpoolBytes is ${maxSpoolBytes}, expected at least ${MiB}`);
  }
}
