// SPDX-License-Identifier: Apache-2.0
// One service of the stack as a process of its own: started again when it dies, ended when the stack ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../../../..');
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
/** Alive for so long, a service counts as well, and the next pause is the first one again. */
const WELL_MS = 30_000;
const STOP_MS = 12_000;

export interface ServiceProcess {
  name: string;
  /** Of the process that runs now; 0 between two. */
  pid(): number;
  /** SIGTERM, then SIGKILL when it does not end in time. */
  stop(): Promise<void>;
}

/** Starts `services/<name>/src/main.ts` with this environment; what it says goes to `logs/<as>.log`. */
export function runService(
  name: string,
  {
    as = name,
    dir,
    env,
    onEvent,
  }: { as?: string; dir: string; env: Record<string, string>; onEvent: (text: string) => void },
): ServiceProcess {
  const log = openSync(join(dir, 'logs', `${as}.log`), 'a');
  const stopping = new AbortController();
  let child: ChildProcess | undefined;

  async function keepAlive(): Promise<void> {
    let wait = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const began = Date.now();
      const main = join(ROOT, 'services', name, 'src/main.ts');
      child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
        stdio: ['ignore', log, log],
        env,
      });
      const [code, signal] = await once(child, 'exit');
      child = undefined;
      if (stopping.signal.aborted) return;
      if (Date.now() - began > WELL_MS) wait = FIRST_PAUSE_MS;
      onEvent(
        `${as} ended (${signal ?? `exit code ${code}`}), starting it again in ${wait} ms; see logs/${as}.log`,
      );
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => {}); // aborted: the loop ends
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    }
  }

  const life = keepAlive();
  return {
    name: as,
    pid: () => child?.pid ?? 0,
    async stop() {
      stopping.abort();
      child?.kill('SIGTERM');
      const hard = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
      await life;
      clearTimeout(hard);
    },
  };
}
