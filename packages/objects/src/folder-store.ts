// SPDX-License-Identifier: Apache-2.0
// Objects as read-only files in a folder: for one site, one machine, or several processes on one file system.
import { lstatSync, unlinkSync } from 'node:fs';
import { link, lstat, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ObjectsError } from './errors.ts';
import { folderError, hasCode } from './folder-errors.ts';
import { createFolderMaker, OWN_FOLDER, prepareRoot, syncFolder, writeTemporary } from './folder-files.ts';
import { listFolder } from './folder-list.ts';
import { absent, assertKey, assertPrefix, retentionDate } from './object-key.ts';
import type { Created, ListedObject, ObjectStore, ObjectVersion, Removed } from './object-store.ts';
import { openRetentionBook, type RetentionBook } from './retention-book.ts';

interface Folder {
  root: string;
  temporary: string;
  book: RetentionBook;
  makeFolder: (path: string) => Promise<void>;
}

export function createFolderStore(settings: { path: string }): ObjectStore {
  const folder = openFolder(resolve(settings.path));
  const { root, book } = folder;
  return {
    create: (key, bytes, options) =>
      told(`creating ${key}`, () => create(folder, key, bytes, options?.retainUntil)),
    get: key => told(`reading ${key}`, () => read(root, key)),
    has: key =>
      told(`looking for ${key}`, async () => (await fileAt(join(root, assertKey(key)))) !== undefined),
    list: (prefix, options) => list(root, prefix, options?.after ?? ''),
    versions: prefix => versions(root, prefix),
    retention: key =>
      told(`reading the retention of ${key}`, async () => {
        assertPresent(root, assertKey(key));
        return book.read(key);
      }),
    extendRetention: (key, until) =>
      told(`retaining ${key}`, async () =>
        book.extend(assertKey(key), retentionDate(until), () => assertPresent(root, key)),
      ),
    setLegalHold: (key, on) =>
      told(`holding ${key}`, async () => book.setHold(assertKey(key), on, () => assertPresent(root, key))),
    remove: key => told(`removing ${key}`, () => remove(folder, assertKey(key))),
    ping: () => told(`writing to the folder ${root}`, () => ping(folder)),
    close: async () => book.close(),
  };
}

function openFolder(root: string): Folder {
  const temporary = prepareRoot(root);
  try {
    const book = openRetentionBook(join(root, OWN_FOLDER, 'retention.db'));
    return { root, temporary, book, makeFolder: createFolderMaker(root) };
  } catch (cause) {
    throw folderError(cause, `opening the retention book in ${root}`);
  }
}

async function told<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw folderError(cause, doing);
  }
}

async function create(folder: Folder, key: string, bytes: Uint8Array, retainUntil?: Date): Promise<Created> {
  const path = join(folder.root, assertKey(key));
  const until = retainUntil === undefined ? undefined : retentionDate(retainUntil);
  if ((await fileAt(path)) !== undefined) return exists(path);
  await folder.makeFolder(dirname(path));
  const temporary = await writeTemporary(folder.temporary, bytes);
  try {
    // Durable before the object has its name. If we stop between the two, a key that nobody has yet is
    // protected: its next creator inherits that. The other order could leave evidence removable.
    if (until !== undefined) folder.book.keepAtLeast(key, until);
    await link(temporary, path); // fails if the name is taken: the one winner of a race
  } catch (error) {
    if (hasCode(error, 'EEXIST') && (await fileAt(path)) !== undefined) return await exists(path);
    throw hasCode(error, 'ENOTSUP', 'EPERM') ? noHardLinks(folder.root, error) : error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
  return { outcome: 'created', versionId: null };
}

/** The folder took a file a moment ago, so it is not the permission that is missing. */
function noHardLinks(root: string, cause: unknown): ObjectsError {
  return new ObjectsError('FAILED', `the file system of ${root} has no hard links; use one that has`, cause);
}

/** The winner may not have fsynced the name yet, and whoever is told `exists` will build on it. */
async function exists(path: string): Promise<Created> {
  await syncFolder(dirname(path));
  return { outcome: 'exists', versionId: null };
}

async function fileAt(path: string) {
  const found = await lstat(path).catch(error => {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  });
  return found?.isFile() ? found : undefined;
}

function assertPresent(root: string, key: string): void {
  if (!lstatSync(join(root, key), { throwIfNoEntry: false })?.isFile()) throw absent(key);
}

async function read(root: string, key: string) {
  try {
    const file = await readFile(join(root, assertKey(key)));
    return { bytes: new Uint8Array(file.buffer, file.byteOffset, file.byteLength), versionId: null };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}

/** The listing, with what goes wrong on the way told as our own error. */
async function* files(root: string, prefix: string, after: string) {
  try {
    yield* listFolder(root, assertPrefix(prefix), after);
  } catch (cause) {
    throw folderError(cause, `listing ${prefix}`);
  }
}

async function* list(root: string, prefix: string, after: string): AsyncIterable<ListedObject> {
  for await (const { key, size } of files(root, prefix, after)) yield { key, size };
}

async function* versions(root: string, prefix: string): AsyncIterable<ObjectVersion> {
  for await (const { key, size, modified } of files(root, prefix, '')) {
    yield { key, versionId: null, isDeleteMarker: false, isOldest: true, size, lastModified: modified };
  }
}

async function remove(folder: Folder, key: string): Promise<Removed> {
  const path = join(folder.root, key);
  if ((await fileAt(path)) === undefined) return { outcome: 'absent' };
  try {
    const kept = folder.book.removeUnlessKept(key, () => unlinkSync(path));
    if (kept !== null) return { outcome: 'refused', ...kept };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { outcome: 'absent' }; // somebody else was faster
    throw error;
  }
  await syncFolder(dirname(path));
  return { outcome: 'removed' };
}

async function ping(folder: Folder): Promise<void> {
  folder.book.read('ping');
  await rm(await writeTemporary(folder.temporary, new TextEncoder().encode('ping')));
}
