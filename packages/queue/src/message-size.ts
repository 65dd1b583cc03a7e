// SPDX-License-Identifier: Apache-2.0
import { QueueError } from './errors.ts';
import type { Published } from './queue.ts';

/** Throws `MESSAGE_TOO_LARGE` unless key and value fit. */
export function checkSize(message: Published, maxBytes: number): void {
  const bytes = message.value.length + (message.key === null ? 0 : Buffer.byteLength(message.key));
  if (bytes <= maxBytes) return;
  throw new QueueError(
    'MESSAGE_TOO_LARGE',
    `a message for ${message.topic} is ${bytes} bytes, at most ${maxBytes} are accepted`,
  );
}
