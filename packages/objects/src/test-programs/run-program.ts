// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Program {
  child: ChildProcess;
  /** What it has printed so far, whole lines only. */
  lines: string[];
  /** Resolves when it has printed `count` lines; rejects with what it complained of when it ends before. */
  untilLines(count: number): Promise<void>;
  /** Resolves when it has ended and all it printed is in `lines`. */
  ended: Promise<void>;
}

/** Starts one of the programs beside this file with the Node that runs the tests. */
export function runProgram(name: string, args: string[], wrap: string[] = []): Program {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const [program = '', ...rest] = [
    ...wrap,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    script,
    ...args,
  ];
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let open = '';
  let complaint = '';
  child.stderr.on('data', chunk => (complaint += chunk));
  child.stdout.on('data', chunk => {
    const parts = (open + chunk).split('\n');
    open = parts.pop() ?? '';
    lines.push(...parts);
  });
  const ended = once(child, 'close').then(() => {});
  return {
    child,
    lines,
    ended,
    async untilLines(count) {
      while (lines.length < count) {
        const over = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          ended.then(() => true),
        ]);
        if (over && lines.length < count)
          throw new Error(`${name} ended after ${lines.length} lines: ${complaint}`);
      }
    },
  };
}
