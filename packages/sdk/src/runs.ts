// SPDX-License-Identifier: Apache-2.0
// One run after another over the same spool folder: a new one when the last could not be sure of its disk.
import { type Run, type RunDeps, startRun } from './run.ts';

export interface Runs {
  /** The run that takes events now; started when there is none, or when the last one's epoch had to end. */
  current(): Promise<Run>;
  /** The run that was started last, whatever its state; undefined when none could be. */
  last(): Promise<Run | undefined>;
  /** The same without waiting. */
  opened(): Run | undefined;
}

export function createRuns(deps: RunDeps): Runs {
  let running: Promise<Run> | undefined;
  let opened: Run | undefined;

  function begin(start: () => Promise<Run>): Promise<Run> {
    const starting = start();
    running = starting;
    starting.then(
      run => {
        opened = run;
      },
      () => {
        // Its callers have the reason; the next record() tries again.
        if (running === starting) running = undefined;
      },
    );
    return starting;
  }

  return {
    async current() {
      const known = running ?? begin(() => startRun(deps));
      const run = await known;
      if (run.appender.broken === undefined) return run;
      if (running !== known) return running ?? run;
      return begin(async () => {
        await run.stop();
        return startRun(deps);
      });
    },
    last: async () => running?.catch(() => undefined),
    opened: () => opened,
  };
}
