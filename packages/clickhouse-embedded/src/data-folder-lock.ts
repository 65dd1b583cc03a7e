// SPDX-License-Identifier: Apache-2.0
// One process a data folder. The kernel holds the lock (flock), so it ends with its process however that dies:
// there is no stale lock to judge.

import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ClickHouseEmbeddedError } from './errors.ts';
import { flockExclusive } from './libc.ts';

/** Throws DATA_FOLDER_IN_USE, naming the process that holds it. */
export function lockDataFolder(dir: string): { release(): void } {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, 'lock');
  const file = openSync(path, 'a+', 0o600);
  if (!flockExclusive(file)) {
    const holder = readFileSync(path, 'utf8').trim();
    closeSync(file);
    const text = `the data folder is in use by process ${holder || 'unknown'}: stop it, or choose another folder`;
    throw new ClickHouseEmbeddedError('DATA_FOLDER_IN_USE', text);
  }
  ftruncateSync(file, 0);
  writeSync(file, `${process.pid}\n`);
  return { release: () => closeSync(file) };
}
