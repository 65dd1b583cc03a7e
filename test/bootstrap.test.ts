// SPDX-License-Identifier: Apache-2.0
// What ends the launcher ends the program, drained: also npm, whose shell keeps signals for itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url);
const PROGRAM = 'node infra/bootstrap.mjs packages/runtime/src/test-programs/live.ts calm';
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) {
    try {
      process.kill(-child.pid!, 'SIGKILL'); // its own group, made below
    } catch (error) {
      expect(error).toMatchObject({ code: 'ESRCH' }); // all of it ended already
    }
  }
});

/** Starts the program under a shell as npm does, and resolves once it runs. */
async function startUnderShell(): Promise<{ shell: ChildProcess; said: () => string }> {
  const shell = spawn('sh', ['-c', `${PROGRAM}; true`], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(shell);
  let said = '';
  shell.stdout!.on('data', chunk => {
    said += chunk;
  });
  await expect.poll(() => said, { timeout: 30_000 }).toContain('second runs');
  return { shell, said: () => said };
}

test('when the shell that npm put in between is ended, the program drains and ends', async () => {
  const { shell, said } = await startUnderShell();
  shell.kill('SIGTERM');
  await once(shell, 'close'); // standard output ends with the last process that holds it
  expect(said()).toContain('main goes on');
});

test('Ctrl-C, which a terminal sends to all of them, drains too', async () => {
  const { shell, said } = await startUnderShell();
  process.kill(-shell.pid!, 'SIGINT');
  await once(shell, 'close');
  expect(said()).toContain('main goes on');
});
