// SPDX-License-Identifier: Apache-2.0
// The last file of a partition, the only one written to.
import { type FileHandle, open } from 'node:fs/promises';
import { type QueueError, storageError } from '../errors.ts';
import { createLogFile, type LogFile } from './log-files.ts';

export interface ActiveFile {
  /** Appends the bytes to the last file, durable when it resolves. A rejection leaves the file as it was. */
  write(bytes: Buffer): Promise<void>;
  /** Begins the next file of the partition. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

/** `files` is owned by the caller and never empty; begin() adds to it. */
export function createActiveFile(dir: string, files: LogFile[]): ActiveFile {
  let handle: FileHandle | undefined;
  let broken: QueueError | undefined;

  /** Takes a half-written group back, so that the next one follows the last whole frame. */
  async function undo(from: FileHandle, size: number): Promise<void> {
    try {
      await from.truncate(size);
    } catch (cause) {
      broken = storageError(`writing ${dir}, and taking the half-written group back failed too`, cause);
    }
  }

  async function sync(written: FileHandle): Promise<void> {
    try {
      await written.datasync();
    } catch (cause) {
      // After a failed fsync the kernel may believe the pages are clean: nothing more is written here
      // until the files have been opened and checked anew.
      broken = storageError(`syncing ${dir}`, cause);
      throw broken;
    }
  }

  return {
    async write(bytes) {
      if (broken !== undefined) throw broken;
      const { path, size } = files.at(-1)!;
      handle ??= await open(path, 'r+');
      try {
        for (let done = 0; done < bytes.length; ) {
          done += (await handle.write(bytes, done, bytes.length - done, size + done)).bytesWritten;
        }
      } catch (cause) {
        await undo(handle, size);
        throw storageError(`writing ${dir}`, cause);
      }
      await sync(handle);
    },
    async begin() {
      const last = files.at(-1)!;
      const made = await createLogFile(dir, last.end);
      made.file.lastAppendedAt = last.lastAppendedAt;
      await handle?.close();
      handle = made.handle;
      files.push(made.file);
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}
