// SPDX-License-Identifier: Apache-2.0
// Reads one partition of a folder that another process may be writing to, without its lock and without touching it.
import { type FileHandle, open } from 'node:fs/promises';
import type { Message } from '../queue.ts';
import { FILE_HEAD, readFrame } from './frame.ts';
import { basesIn, damaged, pathOf, readHead, saltOf } from './log-files.ts';

const BLOCK = 768 << 10;
/**
 * A writer takes a group back when the disk refuses its end, and it is no promise before its fsync: what is younger
 * than this is left for later.
 */
const SETTLED_MS = 500;

export interface LogTail {
  /** The next messages that have settled; none when there is nothing more yet. */
  next(): Promise<Message[]>;
  /** Whether all that the folder held at the last next() was handed out. */
  atEnd(): boolean;
  close(): Promise<void>;
}

interface Reading {
  handle: FileHandle;
  path: string;
  base: number;
  salt: number;
  /** Of the next frame in the file. */
  position: number;
  frameAt: number;
}

/** From `start` on, or from the oldest message held where that is undefined. */
export function createLogTail(dir: string, start: number | undefined, now: () => number = Date.now): LogTail {
  let offset = start;
  let reading: Reading | undefined;
  let end = false;

  /** The file that holds the next message, and where the one after it begins. */
  async function find(): Promise<{ from: Reading; until: number } | undefined> {
    const bases = await basesIn(dir);
    const [oldest] = bases;
    if (oldest === undefined) return undefined;
    offset ??= oldest;
    const wanted = offset;
    const index = bases.findLastIndex(base => base <= wanted);
    if (index < 0) throw damaged(dir, 0, `offset ${wanted} is wanted, and ${oldest} is the oldest held`);
    const base = bases[index]!;
    if (reading?.base !== base) {
      await close();
      const path = pathOf(dir, base);
      const handle = await open(path, 'r');
      if ((await handle.stat()).size < FILE_HEAD) {
        await handle.close(); // in the making: there is no message in it yet
        return undefined;
      }
      const salt = saltOf(await readHead(handle, path), path);
      reading = { handle, path, base, salt, position: FILE_HEAD, frameAt: base };
    }
    return { from: reading, until: bases[index + 1] ?? Number.POSITIVE_INFINITY };
  }

  async function next(): Promise<Message[]> {
    for (;;) {
      const found = await find();
      end = true;
      if (found === undefined) return [];
      const { from, until } = found;
      const { messages, whole } = await readBlock(from);
      const wanted = messages.filter(message => message.offset >= offset!);
      offset = Math.max(offset!, from.frameAt);
      if (wanted.length > 0) return wanted;
      if (messages.length > 0) continue;
      if (!whole || until === Number.POSITIVE_INFINITY) return [];
      // A file with one after it is finished: what is not a message in it is damage.
      if (from.frameAt < until)
        throw damaged(from.path, from.position, `unreadable, expected offset ${from.frameAt}`);
    }
  }

  /** Frames that are whole and settled; `whole` is false where one that is whole has not settled. */
  async function readBlock(from: Reading): Promise<{ messages: Message[]; whole: boolean }> {
    let bytes = await readAt(from, BLOCK);
    let read = readFrame(bytes, 0, from.salt);
    // A torn frame may claim any length.
    if (read.kind === 'short' && read.needs > bytes.length && read.needs <= (await sizeAhead(from))) {
      bytes = await readAt(from, read.needs);
      read = readFrame(bytes, 0, from.salt);
    }
    const settled = now() - SETTLED_MS;
    const messages: Message[] = [];
    let at = 0;
    for (
      ;
      read.kind === 'frame' && read.message.offset === from.frameAt;
      read = readFrame(bytes, at, from.salt)
    ) {
      if (read.message.appendedAt > settled) {
        end = false;
        break;
      }
      messages.push(read.message);
      at = read.end;
      from.frameAt++;
    }
    from.position += at;
    return { messages, whole: read.kind !== 'frame' };
  }

  const sizeAhead = async ({ handle, position }: Reading) => (await handle.stat()).size - position;

  async function readAt({ handle, position }: Reading, wanted: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(wanted);
    return buffer.subarray(0, (await handle.read(buffer, 0, wanted, position)).bytesRead);
  }

  async function close(): Promise<void> {
    await reading?.handle.close();
    reading = undefined;
  }

  return { next, atEnd: () => end, close };
}
