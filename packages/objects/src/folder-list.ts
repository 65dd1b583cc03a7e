// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './folder-errors.ts';
import { OWN_FOLDER } from './folder-files.ts';
import { byBytes } from './object-key.ts';

export interface FolderFile {
  key: string;
  size: number;
  modified: Date;
}

/**
 * The files below `root` whose key starts with `prefix` and comes after `after`, ascending by key. Reads one
 * directory at a time into memory.
 */
export async function* listFolder(root: string, prefix: string, after: string): AsyncIterable<FolderFile> {
  // Only folders that can hold such keys are read: begin at the last slash of the prefix.
  yield* walk(prefix.slice(0, prefix.lastIndexOf('/') + 1));

  async function* walk(folder: string): AsyncIterable<FolderFile> {
    for (const name of await sortedNames(join(root, folder))) {
      const key = folder + name;
      if (name.endsWith('/')) {
        const mayMatch = key.startsWith(prefix) || prefix.startsWith(key);
        if (mayMatch && (key > after || after.startsWith(key))) yield* walk(key);
      } else if (key.startsWith(prefix) && key > after) {
        const found = await stat(join(root, key)).catch(absentAsUndefined);
        if (found !== undefined) yield { key, size: found.size, modified: found.mtime };
      }
    }
  }
}

/** Folders end in a slash here, which puts the keys below them into byte order among their siblings. */
async function sortedNames(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(absentAsUndefined);
  const names = (entries ?? []).map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  return names.filter(name => name !== `${OWN_FOLDER}/`).sort(byBytes);
}

function absentAsUndefined(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
}
