// SPDX-License-Identifier: Apache-2.0
// The door (`@ashiato/queue/emit`) of those who only emit: nothing behind it is native, and all of it runs on Node 20.
import { brokersOf, folderOf, unknownAddress } from './address.ts';
import { openFileQueue } from './file/file-queue.ts';
import { createLogTail, type LogTail } from './file/log-tail.ts';
import { partitionDir, topicDir } from './file/topic-folder.ts';
import { openKafkaPublisher } from './kafka/kafka-publisher.ts';
import type { QueueOptions } from './options.ts';
import type { Publisher } from './queue.ts';

export { QueueError } from './errors.ts';
export { type FileQueue, openFileQueue } from './file/file-queue.ts';
export { type FolderLock, lockFolder } from './file/folder-lock.ts';
export type { LogTail } from './file/log-tail.ts';
export type { QueueOptions } from './options.ts';
export type { Chunk, Message, Publisher, Queue } from './queue.ts';

/** Publishing alone, at an address as `openQueue` has it; closing it closes what it opened. */
export function openPublisher(url: string, options: QueueOptions = {}): Publisher {
  if (url.startsWith('kafka://')) return openKafkaPublisher(brokersOf(url), options);
  if (!url.startsWith('file:')) throw unknownAddress();
  const queue = openFileQueue(folderOf(url), options);
  const publisher = queue.publisher();
  return {
    publish: publisher.publish,
    async close() {
      await publisher.close();
      await queue.close();
    },
  };
}

/**
 * Reads partition 0 of a topic in the folder of a file queue that another process may hold, from offset `start` on, or
 * from the oldest held. Takes no lock and changes nothing.
 */
export const tailFileQueue = (dir: string, topic: string, start: number | undefined): LogTail =>
  createLogTail(partitionDir(topicDir(dir, topic), 0), start);
