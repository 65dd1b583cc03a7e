// SPDX-License-Identifier: Apache-2.0
// What stands in a queue's address.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QueueError } from './errors.ts';

export const unknownAddress = (): QueueError =>
  new QueueError('ADDRESS', 'a queue address begins with file: or kafka://');

export function folderOf(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  const path = decodeURIComponent(url.slice('file:'.length));
  if (path === '') throw new QueueError('ADDRESS', 'file: needs a folder, as in file:./queue');
  return resolve(path);
}

export function brokersOf(url: string): string[] {
  const brokers = url.slice('kafka://'.length).replace(/\/$/, '').split(',');
  if (brokers.every(broker => /^[^\s/@:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker))) return brokers;
  throw new QueueError(
    'ADDRESS',
    'kafka:// needs host:port,host:port without user names; give credentials as options',
  );
}
