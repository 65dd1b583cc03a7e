// SPDX-License-Identifier: Apache-2.0
// The door (`@ashiato/queue/emit`) of those who only emit: nothing behind it is native, and all of it runs on Node 20.
import { brokersOf, folderOf, unknownAddress } from './address.ts';
import { openFileQueue } from './file/file-queue.ts';
import { openKafkaPublisher } from './kafka/kafka-publisher.ts';
import type { QueueOptions } from './options.ts';
import type { Publisher } from './queue.ts';

export { QueueError } from './errors.ts';
export { type FileQueue, openFileQueue } from './file/file-queue.ts';
export type { QueueOptions } from './options.ts';
export type { Chunk, Publisher, Queue } from './queue.ts';

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
