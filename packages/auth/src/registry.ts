// SPDX-License-Identifier: Apache-2.0
// The file of issued tokens: read whole, replaced whole, changed by one process at a time.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AuthError } from './errors.ts';
import { ROLES } from './roles.ts';

const time = z.iso.datetime();

/** What a token is limited to, beyond its role. An absent member is no limit. */
export const scopeSchema = z.strictObject({
  /** Emitter: events' `source` must begin with this. */
  source_prefix: z.string().min(1).max(1024).optional(),
  /** Regulator: whose extracts; subject: whose statement (a subject ref). */
  who: z.string().min(1).max(256).optional(),
});

const entrySchema = z.strictObject({
  id: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  role: z.enum(ROLES),
  scope: scopeSchema,
  label: z.string(),
  created: time,
  expires: time.nullable(),
  revoked: time.nullable(),
});

const registrySchema = z.strictObject({
  format: z.literal('ashiato.tokens.v1'),
  tokens: z.array(entrySchema),
});

export type Entry = z.infer<typeof entrySchema>;

export function openRegistry(dir: string) {
  const path = join(dir, 'registry.json');
  let seen: { stamp: string; entries: readonly Entry[] } | undefined;

  /** The entries as they are in the file now; parsed again only when the file was replaced. */
  function entries(): readonly Entry[] {
    const stamp = stampOf(path);
    if (seen?.stamp !== stamp) seen = { stamp, entries: readEntries(path) };
    return seen.entries;
  }

  return {
    entries,
    /**
     * Replaces the entries by what `change` makes of them; durable when it returns. Other processes wait (10 s)
     * so that no change, a revocation above all, is lost. If we die on the way the old file stands.
     */
    change(change: (entries: readonly Entry[]) => readonly Entry[]): void {
      alone(dir, () => replaceFile(path, render(change(readEntries(path)))));
    },
    /** Makes an empty registry where there is none. */
    createIfAbsent(): void {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      alone(dir, () => {
        if (statSync(path, { throwIfNoEntry: false }) === undefined) replaceFile(path, render([]));
      });
    },
  };
}

function render(tokens: readonly Entry[]): string {
  return `${JSON.stringify({ format: 'ashiato.tokens.v1', tokens }, null, 2)}\n`;
}

function readEntries(path: string): readonly Entry[] {
  const remedy = 'restore it from a backup, or move it away and issue new tokens';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AuthError(
      'REGISTRY',
      `the token registry ${path} could not be read; is the data folder right?`,
      cause,
    );
  }
  try {
    return registrySchema.parse(JSON.parse(text)).tokens;
  } catch (cause) {
    // Fail closed: with a damaged registry nobody is let in.
    throw new AuthError(
      'REGISTRY',
      `the token registry ${path} is damaged or of another format; ${remedy}`,
      cause,
    );
  }
}

/** Every replacement is a new file, so inode and time tell one from the other. */
function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? 'absent' : `${found.ino}.${found.mtimeNs}.${found.size}`;
}

/** SQLite's lock is the kernel's: it ends with its process, however that ends. The file holds nothing. */
function alone(dir: string, work: () => void): void {
  try {
    const lock = new DatabaseSync(join(dir, 'registry.lock'), { timeout: 10_000 });
    try {
      lock.exec('begin exclusive');
      work();
    } finally {
      lock.close();
    }
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw new AuthError(
      'WRITE',
      `the token registry in ${dir} could not be changed; is the folder writable?`,
      cause,
    );
  }
}

/** Readable by the owner alone; whole or not there; durable when it returns. */
export function replaceFile(path: string, text: string): void {
  const fresh = `${path}.${randomUUID()}`;
  try {
    const file = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
  if (process.platform === 'win32') return; // Windows opens no folders
  const folder = openSync(join(path, '..'), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
