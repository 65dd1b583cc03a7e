// SPDX-License-Identifier: Apache-2.0
// The part of a process that keeps what was read of the trail, so that statements about long intervals come quickly.
import { setTimeout } from 'node:timers/promises';
import type { Completeness } from '@ashiato/completeness';
import type { Logger, Part } from '@ashiato/runtime';

const EVERY_MS = 60_000;

/** Goes on after a failure: what is not kept is read again by whoever asks. */
export function keepCompleteness(completeness: Pick<Completeness, 'keepUp'>, logger: Logger): Part {
  return {
    name: 'completeness',
    async run(signal) {
      while (!signal.aborted) {
        await completeness.keepUp(signal).catch((error: Error & { code?: string }) => {
          logger.warn(
            { code: error.code ?? error.name },
            'completeness: the trail could not be read; trying again',
          );
        });
        await setTimeout(EVERY_MS, undefined, { signal }).catch(() => undefined); // aborted: done
      }
    },
  };
}
