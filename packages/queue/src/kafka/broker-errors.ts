// SPDX-License-Identifier: Apache-2.0
// What a broker's or the client's error means for us.
import { QueueError } from '../errors.ts';

/** The error's protocol type, such as UNKNOWN_MEMBER_ID, or its class name; looks through retry wrappers. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('type' in error && typeof error.type === 'string') return error.type;
  if (error.cause !== undefined && error.cause !== error) return kindOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Whether waiting cannot cure it: the broker knows us and says no. */
export function isRefusal(error: unknown): boolean {
  return /AUTHORIZATION_FAILED|SASL|UNSUPPORTED_VERSION|INVALID_GROUP_ID|INCONSISTENT_GROUP_PROTOCOL|INVALID_SESSION_TIMEOUT|INVALID_TOPIC/i.test(
    kindOf(error),
  );
}

/** The error a caller sees when a bounded call to the brokers failed. */
export function brokerError(doing: string, cause: unknown): QueueError {
  if (cause instanceof QueueError) return cause;
  const kind = kindOf(cause);
  if (kind === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new QueueError('TOPIC_MISSING', `${doing}: the topic does not exist; call ensureTopics first`, {
      cause,
    });
  }
  if (isRefusal(cause)) {
    return new QueueError('REFUSED', `${doing}: the broker refused (${kind}); check rights and settings`, {
      cause,
    });
  }
  return new QueueError(
    'UNREACHABLE',
    `${doing}: no broker answered (${kind}); check the address and the brokers`,
    {
      cause,
    },
  );
}
