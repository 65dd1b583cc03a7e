// SPDX-License-Identifier: Apache-2.0
// Where a trail's events go: straight to the queue, or over HTTP to an intake that puts them there.
import { openPublisher, type Publisher, type Queue, type QueueOptions } from '@ashiato/queue/emit';
import { TOPICS } from '@ashiato/schema';
import { TrailError } from './errors.ts';
import { createIntakeDestination } from './intake-destination.ts';
import type { Spooled } from './spool.ts';

/**
 * - `queueUrl`: an address such as `kafka://host:9092`, opened and closed by the trail; the topic MUST exist
 * - `queue`: one that the caller opened and closes, after the trail
 * - `intakeUrl`: base address of an intake or of an all-in-one, with an emitter's `token`; a function is
 *   asked before each request, so that a token can be renewed
 * - `forwarder: 'other'`: another process delivers what this one puts into its spool folder (`ashiato forward`)
 */
export type Destination =
  | { queueUrl: string; queueOptions?: QueueOptions }
  | { queue: Queue }
  | { intakeUrl: string; token: string | (() => string | Promise<string>) }
  | { forwarder: 'other' };

export interface OpenDestination {
  /**
   * Resolves when every event of the batch is durable there, in order, its bytes unchanged. A rejection does
   * not mean absence; the caller gives the identical batch again.
   */
  deliver(batch: Spooled[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** `report` is told what was delivered otherwise than hoped. Undefined where another process delivers. */
export function openDestination(
  to: Destination,
  report: (text: string) => void,
): OpenDestination | undefined {
  if ('forwarder' in to && to.forwarder === 'other') return undefined;
  if ('intakeUrl' in to) return createIntakeDestination(to, report);
  if ('queue' in to) return createQueueDestination(to.queue.publisher());
  if ('queueUrl' in to) {
    return createQueueDestination(openPublisher(to.queueUrl, to.queueOptions));
  }
  throw new TrailError(
    'OPTIONS',
    "a trail needs a destination: queueUrl, queue, intakeUrl with token, or forwarder: 'other'",
  );
}

function createQueueDestination(publisher: Publisher): OpenDestination {
  return {
    async deliver(batch) {
      await publisher.publish(batch.map(({ key, value }) => ({ topic: TOPICS.access, key, value })));
    },
    close: publisher.close,
  };
}
