// SPDX-License-Identifier: Apache-2.0
// The one writer of a partition: everyone who waits shares one write and one fdatasync.
import { QueueError, storageError } from '../errors.ts';
import { createActiveFile } from './active-file.ts';
import { FILE_HEAD, frameSize, type Unframed, writeFrame } from './frame.ts';
import type { LogFile } from './log-files.ts';

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

/**
 * One write holds at most this much, so that a burst cannot ask for one endless buffer, and no more than a file should:
 * in a small queue whole files must come to an end, else nothing could be removed.
 */
const GROUP_BYTES = 8 << 20;

export interface LogWriter {
  /**
   * Resolves with the first message's offset when all are on disk. Throws `QUEUE_FULL` at once. A write that fails takes
   * those that wait behind it along, so that the messages of one caller never have a hole.
   */
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

export function createLogWriter(deps: WriterDeps): LogWriter {
  const { dir, files, usage } = deps;
  const active = createActiveFile(dir, files);
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  function append(messages: Unframed[]): Promise<number> {
    if (closed) return Promise.reject(new QueueError('CLOSED', 'publish after the queue was closed'));
    const bytes = messages.reduce((sum, message) => sum + frameSize(message), 0);
    if (usage.bytes + bytes > usage.maxBytes) throw queueFull(usage, bytes);
    // Counted while it waits, so that two callers cannot both take the last room.
    usage.bytes += bytes;
    return new Promise((resolve, reject) => {
      waiting.push({ messages, bytes, resolve, reject });
      running ??= drain();
    });
  }

  async function drain(): Promise<void> {
    // One turn of the event loop lets callers of the same moment join the first group.
    await new Promise(setImmediate);
    while (waiting.length > 0) await writeGroup(takeGroup(waiting, Math.min(GROUP_BYTES, deps.segmentBytes)));
    running = undefined;
  }

  async function writeGroup(group: Waiting[]): Promise<void> {
    try {
      if (files.at(-1)!.size >= deps.segmentBytes) await beginFile();
      const firstOffsets = await store(group);
      deps.onAppended();
      for (const [i, one] of group.entries()) one.resolve(firstOffsets[i]!);
    } catch (cause) {
      const reason = storageError(`writing ${dir}`, cause);
      for (const one of [...group, ...waiting.splice(0)]) {
        usage.bytes -= one.bytes;
        one.reject(reason);
      }
    }
  }

  async function store(group: Waiting[]): Promise<number[]> {
    const file = files.at(-1)!;
    const appendedAt = Math.max(deps.now(), file.lastAppendedAt);
    const { bytes, firstOffsets, end } = encode(group, file, appendedAt);
    await active.write(bytes);
    // From here on the group exists for readers; before, a stop leaves a tail that the next open cuts off
    // or finds whole: both are right for a publish that never resolved.
    Object.assign(file, { size: file.size + bytes.length, end, lastAppendedAt: appendedAt });
    return firstOffsets;
  }

  async function beginFile(): Promise<void> {
    await active.begin();
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
      await active.close();
    },
  };
}

function takeGroup(waiting: Waiting[], limit: number): Waiting[] {
  let bytes = 0;
  let count = 0;
  while (count < waiting.length && (count === 0 || bytes + waiting[count]!.bytes <= limit)) {
    bytes += waiting[count++]!.bytes;
  }
  return waiting.splice(0, count);
}

/** The group's frames, to follow the file's last one. */
function encode(group: Waiting[], { salt, end: from }: LogFile, appendedAt: number) {
  const bytes = Buffer.allocUnsafe(group.reduce((sum, one) => sum + one.bytes, 0));
  const firstOffsets: number[] = [];
  let at = 0;
  let offset = from;
  for (const { messages } of group) {
    firstOffsets.push(offset);
    for (const message of messages) {
      at = writeFrame(bytes, at, salt, { offset: offset++, appendedAt }, message);
    }
  }
  return { bytes, firstOffsets, end: offset };
}

function queueFull(usage: Usage, bytes: number): QueueError {
  return new QueueError(
    'QUEUE_FULL',
    `${bytes} more bytes do not fit: ${usage.bytes} of at most ${usage.maxBytes} are used; let the reader catch up and trim, or raise the limit`,
  );
}
