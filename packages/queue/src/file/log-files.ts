// SPDX-License-Identifier: Apache-2.0
// The files of one partition: naming, creating, and opening after a stop, planned or not.
import { randomInt } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueueError, storageError } from '../errors.ts';
import { FILE_HEAD, FILE_MARK, frameAfter, readFrame } from './frame.ts';

/** One file: offsets `base..end-1` in `size` bytes. `lastAppendedAt` may be later than its last message's time. */
export interface LogFile {
  path: string;
  base: number;
  end: number;
  size: number;
  salt: number;
  lastAppendedAt: number;
}

const BLOCK = 1 << 20;
const NAME = /^(\d{20})\.log$/;

export const pathOf = (dir: string, base: number): string =>
  join(dir, `${String(base).padStart(20, '0')}.log`);

/** The first offset of each file of a partition, in order. */
export async function basesIn(dir: string): Promise<number[]> {
  return (await readdir(dir))
    .map(name => NAME.exec(name)?.[1])
    .filter(base => base !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Makes a file for offsets from `base` on; its head and its name are durable when this resolves. */
export async function createLogFile(
  dir: string,
  base: number,
): Promise<{ file: LogFile; handle: FileHandle }> {
  const path = pathOf(dir, base);
  const salt = randomInt(2 ** 32);
  const head = Buffer.alloc(FILE_HEAD);
  FILE_MARK.copy(head);
  head.writeUInt32BE(salt, FILE_MARK.length);
  // A file of this name can only be one whose making was cut short: no message was ever put in it.
  const handle = await open(path, 'w+');
  await handle.write(head, 0, FILE_HEAD, 0);
  await handle.datasync();
  await syncFolder(dir);
  return { file: { path, base, end: base, size: FILE_HEAD, salt, lastAppendedAt: 0 }, handle };
}

/** Makes a folder's entries durable. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The files of a partition in order, the last one repaired: bytes after its last whole frame are cut off, since
 * nothing after it was acknowledged. Damage anywhere else rejects with `STORAGE_DAMAGED`.
 */
export async function openLogFiles(dir: string): Promise<LogFile[]> {
  await mkdir(dir, { recursive: true });
  const bases = await basesIn(dir);
  const files: LogFile[] = [];
  for (const [i, base] of bases.entries()) {
    const path = pathOf(dir, base);
    const next = bases[i + 1];
    const file = next === undefined ? await openLast(path, base) : await openEarlier(path, base, next);
    if (file !== undefined) files.push(file);
  }
  return files;
}

async function openEarlier(path: string, base: number, end: number): Promise<LogFile> {
  const handle = await open(path, 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const head = await readHead(handle, path);
    // Its frames are checked when they are read; its end is where the next file begins.
    return { path, base, end, size, salt: saltOf(head, path), lastAppendedAt: mtimeMs };
  } finally {
    await handle.close();
  }
}

async function openLast(path: string, base: number): Promise<LogFile | undefined> {
  const handle = await open(path, 'r+');
  try {
    const { size, mtimeMs } = await handle.stat();
    // Died while making the file: there was never a message in it. It will be made anew.
    if (size < FILE_HEAD) return undefined;
    const salt = saltOf(await readHead(handle, path), path);
    const whole = await scan(handle, { path, base, end: base, size, salt, lastAppendedAt: mtimeMs });
    if (whole.size < size) await handle.truncate(whole.size);
    // What we are about to show to readers must not vanish at the next power cut.
    await handle.datasync();
    return whole;
  } catch (cause) {
    throw storageError(`opening ${path}`, cause);
  } finally {
    await handle.close();
  }
}

export async function readHead(handle: FileHandle, path: string): Promise<Buffer> {
  const head = Buffer.alloc(FILE_HEAD);
  const { bytesRead } = await handle.read(head, 0, FILE_HEAD, 0);
  if (bytesRead < FILE_HEAD)
    throw damaged(path, 0, `the head is ${bytesRead} bytes long, expected ${FILE_HEAD}`);
  return head;
}

export function saltOf(head: Buffer, path: string): number {
  if (!head.subarray(0, FILE_MARK.length).equals(FILE_MARK))
    throw damaged(path, 0, 'not a queue file of version 1');
  return head.readUInt32BE(FILE_MARK.length);
}

/** Walks every frame of the file; `size` and `end` of the result are what is whole. */
async function scan(handle: FileHandle, file: LogFile): Promise<LogFile> {
  const whole = { ...file, size: FILE_HEAD };
  let block = Buffer.alloc(0);
  let want = BLOCK;
  while (whole.size < file.size) {
    const length = Math.min(want, file.size - whole.size);
    if (block.length < length) block = Buffer.alloc(length);
    const bytes = block.subarray(0, (await handle.read(block, 0, length, whole.size)).bytesRead);
    let at = 0;
    let read = readFrame(bytes, at, file.salt);
    for (
      ;
      read.kind === 'frame' && read.message.offset === whole.end;
      read = readFrame(bytes, at, file.salt)
    ) {
      at = read.end;
      whole.end++;
      whole.lastAppendedAt = read.message.appendedAt;
    }
    whole.size += at;
    if (read.kind === 'short' && read.needs <= file.size - whole.size) {
      want = Math.max(BLOCK, read.needs);
      continue;
    }
    if (whole.size < file.size) await refuseIfDamaged(handle, file, whole.size);
    break;
  }
  return whole;
}

/** A torn tail holds no whole frame; one that does means bytes in the middle changed after they were written. */
async function refuseIfDamaged(handle: FileHandle, file: LogFile, from: number): Promise<void> {
  const rest = Buffer.alloc(file.size - from);
  await handle.read(rest, 0, rest.length, from);
  const later = frameAfter(rest, 0, file.salt);
  if (later === undefined && readFrame(rest, 0, file.salt).kind !== 'frame') return;
  throw damaged(file.path, from, `unreadable, while whole messages follow at byte ${from + (later ?? 0)}`);
}

/** The error for bytes that are not what was written; names the place. */
export function damaged(path: string, byte: number, found: string): QueueError {
  return new QueueError(
    'STORAGE_DAMAGED',
    `${path} is damaged at byte ${byte}: ${found}; restore the file from a copy, or move it aside and state the loss`,
  );
}
