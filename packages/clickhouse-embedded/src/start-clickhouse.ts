// SPDX-License-Identifier: Apache-2.0
// The supervisor: keeps one child with the engine alive, at one address, as long as this process lives.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ClickHouseEmbeddedError } from './errors.ts';

export interface ClickHouseOptions {
  /** Data folder, made when missing; one process at a time. */
  dir: string;
  /** 0 or absent: a free one, kept over restarts. Loopback only. */
  port?: number;
  /** Absent: `default`. */
  user?: string;
  /** One line. */
  password: string;
  /** For all queries and caches together; absent: half of the machine's memory. */
  memoryLimitBytes?: number;
  /** The child's messages and the supervisor's; nothing of queries or rows, but engine messages may quote SQL. */
  log?: (line: string) => void;
}

export interface ClickHouse {
  /** For `@clickhouse/client`; stays the same over restarts. */
  url: string;
  /** Of the child that serves now; undefined between two. */
  pid(): number | undefined;
  /** Whether the kernel keeps the engine inside its data folder (Linux with Landlock). */
  confined: boolean;
  /** Ends running queries and the child; on return no process of ours holds the data folder. Idempotent. */
  stop(): Promise<void>;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;
/** A child that lived this long was well: the next failure starts with the first delay again. */
const HEALTHY_MS = 60_000;

interface Child {
  process: ChildProcess;
  port: number;
  confined: boolean;
  exited: Promise<void>;
}

/**
 * Starts ClickHouse and resolves when it answers. A child that dies is replaced, at the same address, with
 * growing pauses. When this process dies, however it does, the child ends itself. Throws
 * ClickHouseEmbeddedError: BAD_ARGUMENT, START_FAILED with the child's last words (a folder in use among them).
 */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  if (/[\r\n]/.test(options.password)) {
    throw new ClickHouseEmbeddedError('BAD_ARGUMENT', 'the password has a line break: one line expected');
  }
  const first = await startChild(options, options.port ?? 0);
  const state: { child: Child | undefined; stopping: boolean } = { child: first, stopping: false };
  const wake = new AbortController();
  const supervision = supervise(options, state, first.port, wake.signal);
  return {
    url: `http://127.0.0.1:${first.port}`,
    pid: () => state.child?.process.pid,
    confined: first.confined,
    stop: async () => {
      state.stopping = true;
      wake.abort();
      if (state.child) await stopChild(state.child);
      await supervision;
    },
  };
}

async function supervise(
  options: ClickHouseOptions,
  state: { child: Child | undefined; stopping: boolean },
  port: number,
  wake: AbortSignal,
): Promise<void> {
  let delay = FIRST_DELAY_MS;
  let startedAt = Date.now();
  while (!state.stopping) {
    if (state.child) {
      await state.child.exited;
      const { exitCode, signalCode } = state.child.process;
      state.child = undefined;
      if (state.stopping) return;
      options.log?.(`clickhouse ended with ${signalCode ?? `exit code ${exitCode}`}, starting it again`);
      if (Date.now() - startedAt > HEALTHY_MS) delay = FIRST_DELAY_MS;
    }
    await pause(delay, wake);
    delay = Math.min(delay * 2, MAX_DELAY_MS);
    if (state.stopping) return;
    startedAt = Date.now();
    try {
      state.child = await startChild(options, port);
    } catch (error) {
      options.log?.(`clickhouse did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (state.stopping && state.child) await stopChild(state.child);
  }
}

async function startChild(options: ClickHouseOptions, port: number): Promise<Child> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const args = ['--supervised', '--dir', resolve(options.dir), '--port', String(port)];
  if (options.user) args.push('--user', options.user);
  if (options.memoryLimitBytes) args.push('--memory-limit-bytes', String(options.memoryLimitBytes));
  const child = spawn(process.execPath, [main, ...args], { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
  const exited = once(child, 'exit').then(() => undefined);
  const lastWords: string[] = [];
  createInterface({ input: child.stderr }).on('line', line => {
    lastWords.push(line);
    if (lastWords.length > 20) lastWords.shift();
    options.log?.(line);
  });
  // The pipe stays open: its end tells the child that we are gone.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${options.password}\n`);
  const ready = await readyLine(child, exited);
  if (ready) return { process: child, port: ready.listening, confined: ready.confined, exited };
  child.kill('SIGKILL');
  await exited;
  throw new ClickHouseEmbeddedError(
    'START_FAILED',
    `clickhouse did not start: ${lastWords.join('\n') || 'no message'}`,
  );
}

async function readyLine(
  child: ChildProcess,
  exited: Promise<void>,
): Promise<{ listening: number; confined: boolean } | undefined> {
  const lines = createInterface({ input: child.stdout! });
  const line = new Promise<string>(resolve => lines.once('line', resolve));
  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  const late = once(deadline, 'abort').then(() => undefined);
  const first = await Promise.race([line, exited, late]);
  return first === undefined ? undefined : (JSON.parse(first) as { listening: number; confined: boolean });
}

async function stopChild(child: Child): Promise<void> {
  child.process.stdin!.end();
  const deadline = setTimeout(() => child.process.kill('SIGKILL'), STOP_DEADLINE_MS);
  await child.exited;
  clearTimeout(deadline);
}

function pause(milliseconds: number, wake: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal: wake }).catch(() => undefined);
}
