// SPDX-License-Identifier: Apache-2.0
// Opening and closing of a trail around its runs.
import { setTimeout as pause } from 'node:timers/promises';
import type { OpenDestination } from './destination.ts';
import { TrailError } from './errors.ts';
import type { Run, RunDeps } from './run.ts';
import { createRuns } from './runs.ts';

const LET_GO_MS = 2000;

export interface Lifecycle {
  /** The run that takes events now; at once where it is open already. Rejects with `CLOSED` after close(). */
  run(): Run | Promise<Run>;
  close(deadlineMs: number): Promise<{ spooled: number }>;
  status(): { epoch: number | undefined; spooled: number; lastFailure: string | undefined };
}

export function createLifecycle(
  deps: Omit<RunDeps, 'onDelivered' | 'onFailure'> & { destination: OpenDestination | undefined },
): Lifecycle {
  const { report, destination } = deps;
  let lastFailure: string | undefined;
  let closing: Promise<{ spooled: number }> | undefined;
  // While anyone waits for a run to open, later calls wait behind: numbers follow the order of the calls.
  let queued = 0;
  const runs = createRuns({
    ...deps,
    onDelivered: () => {
      lastFailure = undefined;
    },
    onFailure: text => {
      lastFailure = text;
      report({ level: 'warn', text });
    },
  });

  async function open(): Promise<Run> {
    queued++;
    try {
      if (closing === undefined) {
        const run = await runs.current();
        if (closing === undefined) return run;
      }
    } finally {
      // Later than what this caller does with the run.
      setImmediate(() => {
        queued--;
      });
    }
    throw new TrailError('CLOSED', 'the trail was closed; make a new one to record');
  }

  async function end(deadlineMs: number): Promise<{ spooled: number }> {
    const run = await runs.last();
    await run?.finish(deadlineMs).catch((cause: Error) => report({ level: 'warn', text: cause.message }));
    await run?.stop();
    // A broker that is away may keep its client from ending; the events are safe in the spool.
    await Promise.race([destination?.close(), pause(LET_GO_MS, undefined, { ref: false })]);
    return { spooled: run?.pending() ?? 0 };
  }

  return {
    run() {
      const opened = runs.opened();
      const ready = opened && queued === 0 && closing === undefined && opened.appender.broken === undefined;
      return ready ? opened : open();
    },
    close(deadlineMs) {
      closing ??= end(deadlineMs);
      return closing;
    },
    status: () => ({
      epoch: runs.opened()?.origin.epoch,
      spooled: runs.opened()?.pending() ?? 0,
      lastFailure,
    }),
  };
}
