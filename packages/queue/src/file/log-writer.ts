// SPDX-License-Identifier: Apache-2.0
// The one writer of a partition: everyone who waits shares one write and one fdatasync.
import { type FileHandle, open } from 'node:fs/promises';
import { QueueError, storageError } from '../errors.ts';
import { FILE_HEAD, frameSize, type Unframed, writeFrame } from './frame.ts';
import { createLogFile, type LogFile } from './log-files.ts';

/** Bytes in use by all partitions of a queue together. */
export interface Usage {
  bytes: number;
  readonly maxBytes: number;
}

interface Waiting {
  messages: Unframed[];
  bytes: number;
  resolve: (firstOffset: number) => void;
  reject: (reason: QueueError) => void;
}

/** One write holds at most this much, so that a burst cannot ask for one endless buffer. */
const GROUP_BYTES = 8 << 20;

export interface LogWriter {
  /** Resolves with the first message's offset when all are on disk. */
  append(messages: Unframed[]): Promise<number>;
  /** Begins a new file, so that the ones before it can be removed. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

interface WriterDeps {
  dir: string;
  /** Owned by the caller; the writer adds files and moves the last one's end. Never empty. */
  files: LogFile[];
  usage: Usage;
  segmentBytes: number;
  now: () => number;
  /** Called when messages became durable. */
  onAppended: () => void;
}

export function createLogWriter({ dir, files, usage, segmentBytes, now, onAppended }: WriterDeps): LogWriter {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let handle: FileHandle | undefined;
  let broken: QueueError | undefined;
  let closed = false;
  let lastStamp = files.at(-1)!.lastAppendedAt;
  const reserved = { bytes: 0 };

  function append(messages: Unframed[]): Promise<number> {
    if (closed) return Promise.reject(new QueueError('CLOSED', 'publish after the queue was closed'));
    if (broken !== undefined) return Promise.reject(broken);
    const bytes = messages.reduce((sum, message) => sum + frameSize(message), 0);
    if (usage.bytes + reserved.bytes + bytes > usage.maxBytes) return Promise.reject(queueFull(usage, bytes));
    reserved.bytes += bytes;
    return new Promise((resolve, reject) => {
      waiting.push({ messages, bytes, resolve, reject });
      running ??= drain();
    });
  }

  async function drain(): Promise<void> {
    // One turn of the event loop lets callers of the same moment join the first group.
    await new Promise(setImmediate);
    while (waiting.length > 0) await writeGroup(takeGroup());
    running = undefined;
  }

  function takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && (count === 0 || bytes + waiting[count]!.bytes <= GROUP_BYTES)) {
      bytes += waiting[count++]!.bytes;
    }
    return waiting.splice(0, count);
  }

  async function writeGroup(group: Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, one) => sum + one.bytes, 0);
    reserved.bytes -= bytes;
    try {
      if (broken !== undefined) throw broken;
      if (files.at(-1)!.size >= segmentBytes) await beginFile();
      const stamp = Math.max(now(), lastStamp);
      const firstOffsets = await writeFrames(group, bytes, stamp);
      lastStamp = stamp;
      onAppended();
      for (const [i, one] of group.entries()) one.resolve(firstOffsets[i]!);
    } catch (cause) {
      const reason = storageError(`writing ${dir}`, cause);
      for (const one of group) one.reject(reason);
    }
  }

  async function writeFrames(group: Waiting[], bytes: number, stamp: number): Promise<number[]> {
    const file = files.at(-1)!;
    const buffer = Buffer.allocUnsafe(bytes);
    let at = 0;
    let offset = file.end;
    const firstOffsets: number[] = [];
    for (const { messages } of group) {
      firstOffsets.push(offset);
      for (const message of messages) {
        at = writeFrame(buffer, at, file.salt, { offset: offset++, appendedAt: stamp }, message);
      }
    }
    handle ??= await open(file.path, 'r+');
    await writeDurably(handle, buffer, file.size);
    // From here on the group exists for readers; before, a stop leaves a tail that the next open cuts off
    // or finds whole: both are right for a publish that never resolved.
    file.size += bytes;
    file.end = offset;
    file.lastAppendedAt = stamp;
    usage.bytes += bytes;
    return firstOffsets;
  }

  async function writeDurably(to: FileHandle, buffer: Buffer, at: number): Promise<void> {
    try {
      for (let done = 0; done < buffer.length; ) {
        done += (await to.write(buffer, done, buffer.length - done, at + done)).bytesWritten;
      }
    } catch (cause) {
      await undo(to, at, cause);
      throw cause;
    }
    try {
      await to.datasync();
    } catch (cause) {
      // After a failed fsync the kernel may believe the pages are clean: nothing more is written here
      // until the files have been opened and checked anew.
      broken = storageError(`syncing ${dir}`, cause);
      throw broken;
    }
  }

  /** Takes a half-written group back, so that the next one follows the last whole frame. */
  async function undo(to: FileHandle, size: number, cause: unknown): Promise<void> {
    try {
      await to.truncate(size);
    } catch {
      broken = storageError(`writing ${dir}, and taking the half-written group back failed too`, cause);
    }
  }

  async function beginFile(): Promise<void> {
    const made = await createLogFile(dir, files.at(-1)!.end);
    made.file.lastAppendedAt = files.at(-1)!.lastAppendedAt;
    await handle?.close();
    handle = made.handle;
    files.push(made.file);
    usage.bytes += FILE_HEAD;
  }

  async function idle(): Promise<void> {
    while (running !== undefined) await running;
  }

  return {
    append,
    async rotate() {
      await idle();
      if (closed || files.at(-1)!.size === FILE_HEAD) return;
      running = beginFile().finally(() => {
        running = waiting.length > 0 ? drain() : undefined;
      });
      await running;
    },
    async close() {
      closed = true;
      await idle();
      await handle?.close();
      handle = undefined;
    },
  };
}

function queueFull(usage: Usage, bytes: number): QueueError {
  return new QueueError(
    'QUEUE_FULL',
    `${bytes} more bytes do not fit: ${usage.bytes} of at most ${usage.maxBytes} are used; let the reader catch up and trim, or raise the limit`,
  );
}
