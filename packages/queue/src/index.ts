// SPDX-License-Identifier: Apache-2.0
export { QueueError } from './errors.ts';
export { type FileQueue, openFileQueue } from './file/file-queue.ts';
export { openQueue } from './open-queue.ts';
export type { QueueOptions } from './options.ts';
export type { Chunk, Gap, Message, Published, Publisher, Queue, Subscription } from './queue.ts';
