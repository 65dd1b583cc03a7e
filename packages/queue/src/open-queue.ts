// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QueueError } from './errors.ts';
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
  throw new QueueError('ADDRESS', 'a queue address begins with file: or kafka://');
}

function folderOf(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  const path = decodeURIComponent(url.slice('file:'.length));
  if (path === '') throw new QueueError('ADDRESS', 'file: needs a folder, as in file:./queue');
  return resolve(path);
}

function brokersOf(url: string): string[] {
  const brokers = url.slice('kafka://'.length).replace(/\/$/, '').split(',');
  if (brokers.every(broker => /^[^\s/@:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker))) return brokers;
  throw new QueueError(
    'ADDRESS',
    'kafka:// needs host:port,host:port without user names; give credentials as options',
  );
}
