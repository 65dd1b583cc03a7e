// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const SERVICES = join(import.meta.dirname, '../../../../services');

/** Runs a service in the place of this command: its output is ours, and so is its exit code. */
export async function runService(name: string, args: readonly string[]): Promise<void> {
  const main = join(SERVICES, name, 'src/main.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    stdio: 'inherit',
  });
  process.on('SIGINT', () => {}); // the terminal sends it to both; the child drains and we wait
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
