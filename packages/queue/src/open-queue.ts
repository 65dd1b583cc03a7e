// SPDX-License-Identifier: Apache-2.0
import { brokersOf, folderOf, unknownAddress } from './address.ts';
import { openFileQueue } from './file/file-queue.ts';
import { openKafkaQueue } from './kafka/kafka-queue.ts';
import type { QueueOptions } from './options.ts';
import type { Queue } from './queue.ts';

/**
 * The queue at an address: `file:/abs/path`, `file:./relative`, `file:///abs/path`, or
 * `kafka://host:port,host:port`. No I/O before the first call. Throws `ADDRESS` for anything else.
 */
export function openQueue(url: string, options: QueueOptions = {}): Queue {
  if (url.startsWith('file:')) return openFileQueue(folderOf(url), options);
  if (url.startsWith('kafka://')) return openKafkaQueue(brokersOf(url), options);
  throw unknownAddress();
}
