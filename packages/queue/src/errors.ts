// SPDX-License-Identifier: Apache-2.0
// What the queue could not do. Outcomes about messages (a gap, a null value) are values, never these.

/**
 * Stable reasons, one label each:
 * - `ADDRESS` the queue address cannot be read
 * - `CLOSED` the queue or publisher was closed before the call
 * - `TOPIC_MISSING`, `TOPIC_MISMATCH` the topic is absent, or its settings are not the ones asked for
 * - `MESSAGE_TOO_LARGE` over the agreed size; the message was not stored
 * - `QUEUE_FULL` the declared size limit of a file queue is reached; nothing of the call's share was stored
 * - `STORAGE_FULL`, `STORAGE_READ_ONLY`, `STORAGE_FAILED` the disk refused
 * - `STORAGE_DAMAGED` bytes of a file queue are not what was written
 * - `LOCKED` another live process holds the folder
 * - `GROUP_TAKEN` the group already has a subscriber on this file queue
 * - `OFFSET_HOLE` offsets are missing and nothing proves why
 * - `OFFSET_RANGE` the position lies beyond the end of the log
 * - `BATCH_UNREADABLE` a stored batch cannot be decoded
 * - `UNREACHABLE` no broker answered; `REFUSED` a broker answered no (authorisation, settings)
 */
export type QueueErrorCode =
  | 'ADDRESS'
  | 'CLOSED'
  | 'TOPIC_MISSING'
  | 'TOPIC_MISMATCH'
  | 'MESSAGE_TOO_LARGE'
  | 'QUEUE_FULL'
  | 'STORAGE_FULL'
  | 'STORAGE_READ_ONLY'
  | 'STORAGE_FAILED'
  | 'STORAGE_DAMAGED'
  | 'LOCKED'
  | 'GROUP_TAKEN'
  | 'OFFSET_HOLE'
  | 'OFFSET_RANGE'
  | 'BATCH_UNREADABLE'
  | 'UNREACHABLE'
  | 'REFUSED';

/** Thrown for what the queue could not do; `code` is stable, the message is for people. */
export class QueueError extends Error {
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'QueueError';
    this.code = code;
  }
}

/** Turns a refusal of the file system into ours; `doing` says what was being attempted. */
export function storageError(doing: string, cause: unknown): QueueError {
  if (cause instanceof QueueError) return cause;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new QueueError('STORAGE_FULL', `${doing}: no space left (${reason}); free space and try again`, {
        cause,
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new QueueError(
        'STORAGE_READ_ONLY',
        `${doing}: not writable (${reason}); check the mount and its owner`,
        {
          cause,
        },
      );
    default:
      return new QueueError(
        'STORAGE_FAILED',
        `${doing}: ${reason}; check the disk, then open the queue again`,
        {
          cause,
        },
      );
  }
}
