// SPDX-License-Identifier: Apache-2.0
// Durable file operations below one root folder: what must be on disk before somebody is told so.
import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { folderError, hasCode } from './folder-errors.ts';

const DAY_MS = 86_400_000;
const HERE = hostname().replaceAll(/[^A-Za-z0-9-]/g, '_');

/** Our own folder beside the objects. No key starts with a dot, so no object can lie in it. */
export const OWN_FOLDER = '.ashiato';

/** Makes the root and its temporary folder, and removes what dead writers left there. */
export function prepareRoot(root: string): string {
  const temporary = join(root, OWN_FOLDER, 'tmp');
  try {
    mkdirSync(temporary, { recursive: true });
    accessSync(temporary, constants.W_OK); // before SQLite, which does not tell a read-only place from others
    for (const name of readdirSync(temporary)) {
      if (isAbandoned(temporary, name)) rmSync(join(temporary, name), { force: true });
    }
  } catch (cause) {
    throw folderError(cause, `opening the folder ${root}`);
  }
  return temporary;
}

/**
 * A writer puts its host and process id into the name. On this host the process tells whether it lives; a file
 * of another host (a shared volume) counts as abandoned after a day. A live writer is never robbed: at worst,
 * when a process id was used again, a dead file stays until that process ends.
 */
function isAbandoned(folder: string, name: string): boolean {
  const [host, pid] = name.split('.');
  if (host === HERE && Number(pid) !== process.pid) return !isAlive(Number(pid));
  const age = Date.now() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > DAY_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH'); // EPERM: it lives and belongs to somebody else
  }
}

/** Writes a new read-only file and fsyncs it. Returns its path; on failure nothing is left behind. */
export async function writeTemporary(folder: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${HERE}.${process.pid}.${randomUUID()}`);
  try {
    const file = await open(path, 'wx', 0o444);
    try {
      await file.writeFile(bytes);
      await file.chmod(0o444); // whatever the umask said
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  }
  return path;
}

/** Makes a name that was added to or taken from a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Windows opens no folders; NTFS journals names by itself
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Returns a function that makes a folder below `root` with its parents, each name durable. A folder that
 * another process made is fsynced too, once: its maker may die before doing so.
 */
export function createFolderMaker(root: string): (path: string) => Promise<void> {
  const durable = new Set([root]);
  return async function make(path) {
    if (durable.has(path)) return;
    await make(dirname(path));
    try {
      await mkdir(path);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    await syncFolder(dirname(path));
    durable.add(path);
  };
}
