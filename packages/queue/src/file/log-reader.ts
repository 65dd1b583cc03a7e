// SPDX-License-Identifier: Apache-2.0
// Reads one partition forward from any offset, checking every frame.
import { type FileHandle, open } from 'node:fs/promises';
import { storageError } from '../errors.ts';
import type { Message } from '../queue.ts';
import { FILE_HEAD, readFrame } from './frame.ts';
import { damaged, type LogFile } from './log-files.ts';

/** What is read at once fits one batch to a broker. */
const BLOCK = 768 << 10;

export interface LogReader {
  /** The next messages, some at once; none when there is nothing more, or nothing held at this offset any more. */
  next(): Promise<Message[]>;
  close(): Promise<void>;
}

/** `fileOf` answers which file holds an offset now; undefined when none does. */
export function createLogReader(fileOf: (offset: number) => LogFile | undefined, start: number): LogReader {
  let offset = start;
  let file: LogFile | undefined;
  let handle: FileHandle | undefined;
  let position = 0;
  let frameAt = 0;

  async function next(): Promise<Message[]> {
    try {
      while (file === undefined || offset >= file.end) {
        const holder = fileOf(offset);
        if (holder === undefined || holder === file) return [];
        await close();
        handle = await openHeld(holder.path);
        // Removed since we looked: whoever reads will find that the log begins later now.
        if (handle === undefined) return [];
        file = holder;
        position = FILE_HEAD;
        frameAt = file.base;
      }
      let messages: Message[] = [];
      while (messages.length === 0) messages = await readBlock(file, handle!);
      return messages;
    } catch (cause) {
      throw storageError(`reading from offset ${offset}`, cause);
    }
  }

  async function readBlock(from: LogFile, source: FileHandle): Promise<Message[]> {
    const messages: Message[] = [];
    let bytes = await readAt(from, source, BLOCK);
    let read = readFrame(bytes, 0, from.salt);
    if (read.kind === 'short') {
      if (read.needs > from.size - position)
        throw damaged(from.path, position, `a message cut short, expected offset ${frameAt}`);
      bytes = await readAt(from, source, read.needs);
      read = readFrame(bytes, 0, from.salt);
    }
    let at = 0;
    for (; read.kind === 'frame'; read = readFrame(bytes, at, from.salt)) {
      if (read.message.offset !== frameAt) {
        throw damaged(
          from.path,
          position + at,
          `offset ${read.message.offset} where ${frameAt} was expected`,
        );
      }
      at = read.end;
      frameAt++;
      if (read.message.offset >= offset) messages.push(read.message);
    }
    if (read.kind === 'bad')
      throw damaged(from.path, position + at, `unreadable, expected offset ${frameAt}`);
    position += at;
    if (messages.length > 0) offset = frameAt;
    return messages;
  }

  /** Only bytes that are durable: `size` moves after the fsync. */
  async function readAt(from: LogFile, source: FileHandle, wanted: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.min(wanted, from.size - position));
    const { bytesRead } = await source.read(buffer, 0, buffer.length, position);
    if (bytesRead < buffer.length || bytesRead === 0) {
      throw damaged(from.path, position + bytesRead, `the file ends here, expected offset ${frameAt}`);
    }
    return buffer;
  }

  async function close(): Promise<void> {
    const open = handle;
    handle = undefined;
    file = undefined;
    await open?.close();
  }

  return { next, close };
}

async function openHeld(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
