// SPDX-License-Identifier: Apache-2.0
// One partition on disk: append, read from anywhere, forget what is old or acknowledged.
import { unlink } from 'node:fs/promises';
import { createBell } from '../signal.ts';
import type { Unframed } from './frame.ts';
import { createLogFile, type LogFile, openLogFiles, syncFolder } from './log-files.ts';
import { createLogReader, type LogReader } from './log-reader.ts';
import { createLogWriter, type Usage } from './log-writer.ts';

export interface PartitionLog {
  /** Oldest offset held. */
  low(): number;
  /** Next offset to be given. */
  high(): number;
  /** As the writer's: throws `QUEUE_FULL` at once. */
  append(messages: Unframed[]): Promise<number>;
  reader(from: number): LogReader;
  /** Resolves when more was appended, or at the abort. */
  appended(signal: AbortSignal): Promise<void>;
  /** Removes whole files that hold nothing at or after `before`; returns the new low. */
  trim(before: number): Promise<number>;
  /** Removes whole files whose every message was appended before `time`. */
  expire(time: number): Promise<void>;
  close(): Promise<void>;
}

interface PartitionLogDeps {
  dir: string;
  usage: Usage;
  segmentBytes: number;
  now: () => number;
}

/** Opens the partition, repairing a torn tail; makes it when it is new. */
export async function openPartitionLog(deps: PartitionLogDeps): Promise<PartitionLog> {
  const { dir, usage } = deps;
  const files = await openLogFiles(dir);
  if (files.length === 0) {
    const { file, handle } = await createLogFile(dir, 0);
    await handle.close();
    files.push(file);
  }
  for (const file of files) usage.bytes += file.size;
  const bell = createBell();
  const writer = createLogWriter({ ...deps, files, onAppended: bell.ring });
  // One removal at a time: both trim and expire walk from the oldest file.
  let removing = Promise.resolve();

  function removeWhile(done: (file: LogFile) => boolean): Promise<void> {
    const task = removing.then(async () => {
      while (files.length > 1 && done(files[0]!)) {
        const [file] = files.splice(0, 1);
        usage.bytes -= file!.size;
        // If we stop before the unlink, the file is there again after the next start: older, never newer.
        await unlink(file!.path);
      }
      await syncFolder(dir);
    });
    removing = task.catch(() => undefined);
    return task;
  }

  const fileOf = (offset: number) => files.find(file => offset >= file.base && offset < file.end);
  return {
    low: () => files[0]!.base,
    high: () => files.at(-1)!.end,
    append: writer.append,
    reader: from => createLogReader(fileOf, from),
    appended: signal => bell.wait(signal),
    async trim(before) {
      await removeWhile(file => file.end <= before);
      return files[0]!.base;
    },
    async expire(time) {
      if (files.at(-1)!.lastAppendedAt < time) await writer.rotate();
      await removeWhile(file => file.lastAppendedAt < time);
    },
    async close() {
      await removing;
      await writer.close();
    },
  };
}
