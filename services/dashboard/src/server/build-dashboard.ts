// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DashboardError } from './errors.ts';
import { readStamp } from './vite-build.ts';

const ROOM = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/**
 * The folder with the built page (`index.html` and `assets/`), built first when it is missing or when any
 * source differs from the ones it was built from. Progress goes to standard error. Two processes may ask at
 * once: each builds in a folder of its own, and the first to finish stays. Throws `DashboardError`.
 */
export function buildDashboard(): Promise<string> {
  return buildInto(join(ROOM, 'dist'));
}

export async function buildInto(dist: string): Promise<string> {
  const sources = await hashSources();
  if ((await readStamp(dist)) === sources) return dist;
  process.stderr.write('dashboard: building the page\n');
  // A process of its own: Vite takes NODE_ENV from the environment and sets it there, and a page built under
  // a caller's NODE_ENV would hold React's development code.
  const child = spawn(process.execPath, [MAIN, dist, sources], {
    cwd: ROOM,
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 2, 2],
  });
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (status === 0) return dist;
  throw new DashboardError(
    'BUILD_FAILED',
    `expected the page to build, got exit ${status ?? signal}; its words are on standard error`,
  );
}

/** SHA-256 over the names and bytes of everything the page is built from (times would lie after a checkout). */
async function hashSources(): Promise<string> {
  const page = join(ROOM, 'src/page');
  const entries = await readdir(page, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(entry => join(entry.parentPath, entry.name));
  files.push(join(ROOM, 'package.json'), join(ROOM, 'src/server/vite-build.ts'));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const bytes = await readFile(file);
    hash.update(`${relative(ROOM, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
