// SPDX-License-Identifier: Apache-2.0
// A child process of an arm: says `begun` when it reads, `done` when the work stands, and then waits to be ended.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { childEnvironment } from '@ashiato/runtime';

export interface Worker {
  pid: number;
  begun: Promise<void>;
  done: Promise<void>;
  child: ChildProcess;
  stop(): Promise<void>;
}

export function startWorker(program: string, args: string[]): Worker {
  const child = fork(join(import.meta.dirname, '../programs', program), args, {
    execArgv: ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: childEnvironment({ KAFKAJS_NO_PARTITIONER_WARNING: '1' }),
  });
  const exited = once(child, 'exit');
  const said = (word: string) => {
    const heard = Promise.withResolvers<void>();
    child.on('message', message => {
      if (message === word) heard.resolve();
    });
    const early = exited.then(([code, signal]) => {
      throw new Error(`${program} ended before it was ${word} (${signal ?? `exit code ${code}`})`);
    });
    early.catch(heard.reject);
    heard.promise.catch(() => undefined); // whoever awaits it sees the failure
    return heard.promise;
  };
  return {
    pid: child.pid!,
    begun: said('begun'),
    done: said('done'),
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL'); // nothing of it is kept
      await exited;
    },
  };
}
