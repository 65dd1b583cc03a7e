// SPDX-License-Identifier: Apache-2.0
// The embedded ClickHouse as a process: `node main.ts --dir DIR --password-file FILE [--port N] …`.
// It runs twice: first to restrict itself and set its thread pool, then, exec'ed in place, to serve.

import { mkdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { confine, systemPaths } from './confine.ts';
import { serve } from './serve.ts';

// Each running statement holds one thread of libuv's pool; the margin keeps KILL and body decoding alive.
const POOL_THREADS = 128;
const MAX_CONCURRENT = 100;
const STOP_DEADLINE_MS = 10_000;

const { values: given } = parseArgs({
  options: {
    dir: { type: 'string' },
    port: { type: 'string', default: '0' },
    user: { type: 'string', default: 'default' },
    'password-file': { type: 'string' },
    'memory-limit-bytes': { type: 'string' },
    // Set by startClickHouse: the password is the first line of stdin, whose end is the parent's end.
    supervised: { type: 'boolean', default: false },
    // Set by this file when it runs itself again.
    confined: { type: 'string' },
  },
});

if (!given.dir || (!given.supervised && !given['password-file'])) {
  throw new Error('--dir and --password-file expected');
}
const dir = resolve(given.dir);
if (given.confined === undefined) becomeConfined();
else await run(given.confined === 'yes');

function becomeConfined(): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const passwordFile = given['password-file'] ? [resolve(given['password-file'])] : [];
  const confined = confine({
    own: [dir],
    read: [...systemPaths(), ...codePaths(), ...passwordFile],
    readWrite: ['/dev/null', '/dev/random', '/dev/urandom'],
  });
  const self = fileURLToPath(import.meta.url);
  const args = [...process.argv.slice(2), '--confined', confined ? 'yes' : 'no'];
  // A clean environment: nothing of the parent's is there to be read through /proc.
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  process.execve!(
    process.execPath,
    [process.execPath, '--external-memory-accounted-in-global-limit', self, ...args],
    {
      UV_THREADPOOL_SIZE: String(POOL_THREADS),
      TZ: timeZone,
      HOME: dir,
    },
  );
}

// This package, and each node_modules tree its imports resolve into.
function codePaths(): string[] {
  const imports = ['chdb/libchdb', 'ffi-rs'].map(name => fileURLToPath(import.meta.resolve(name)));
  const trees = imports.map(path => path.slice(0, path.indexOf('/node_modules/') + '/node_modules'.length));
  return [fileURLToPath(new URL('..', import.meta.url)), ...trees];
}

async function run(confined: boolean): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const serving = await serve({
    dir,
    port: Number(given.port),
    user: given.user,
    password: given.supervised
      ? await firstLineOfStdin()
      : readFileSync(given['password-file']!, 'utf8').trim(),
    memoryLimitBytes: Number(given['memory-limit-bytes'] ?? Math.floor(totalmem() / 2)),
    maxConcurrent: MAX_CONCURRENT,
    log,
  });
  const leave = (): void => {
    // Whatever was acknowledged is in its table already; a stop that hangs ends as a crash would.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_DEADLINE_MS).unref();
    serving.stop().then(
      () => process.exit(0),
      error => {
        log(String(error));
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // Sent to the whole group, it asks the parent, who still needs us to drain and then ends our stdin.
    if (given.supervised) process.on(signal, () => {});
    else process.once(signal, leave);
  }
  if (given.supervised) process.stdin.once('end', leave).once('close', leave).resume();
  process.stdout.write(`${JSON.stringify({ listening: serving.port, confined })}\n`);
}

async function firstLineOfStdin(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new Error('a password on the first line of stdin expected');
}
