// SPDX-License-Identifier: Apache-2.0
// One live process per folder. The lock is the one SQLite takes on its file: the kernel drops it when the
// process ends, however it ends, so there is no stale lock to judge. Over NFS it is only as good as the server.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { QueueError, storageError } from '../errors.ts';

export interface FolderLock {
  release(): void;
}

/** Takes the folder or throws `LOCKED`, naming the process that holds it. */
export function lockFolder(dir: string): FolderLock {
  const owner = join(dir, 'owner');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(dir, 'lock.db'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    writeFileSync(owner, `${process.pid}\n`);
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && cause.message.includes('locked')) throw locked(dir, owner, cause);
    throw storageError(`locking ${dir}`, cause);
  }
  const held = database;
  return { release: () => held.close() };
}

function locked(dir: string, owner: string, cause: Error): QueueError {
  let holder = 'unknown';
  try {
    holder = readFileSync(owner, 'utf8').trim();
  } catch {
    // The holder may be between taking the lock and writing its name: the refusal stands without it.
  }
  return new QueueError('LOCKED', `${dir} is in use by process ${holder}; stop it, or use another folder`, {
    cause,
  });
}
