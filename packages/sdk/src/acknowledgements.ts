// SPDX-License-Identifier: Apache-2.0
// Who waits for which spool position to be acknowledged by the destination.

export interface Acknowledgements {
  /** Resolves when the event at `offset` is acknowledged; rejects with `late()` after `timeoutMs`. */
  wait(offset: number, timeoutMs: number, late: () => Error): Promise<void>;
  /** Everything before `next` is acknowledged. */
  reached(next: number): void;
  /** Nobody will acknowledge what is still waited for. */
  giveUp(reason: Error): void;
}

interface Waiter {
  resolve: () => void;
  reject: (reason: Error) => void;
  timer: NodeJS.Timeout;
}

export function createAcknowledgements(): Acknowledgements {
  const waiters = new Map<number, Set<Waiter>>();
  let acknowledged = 0;

  function settle(done: (offset: number) => boolean, end: (waiter: Waiter) => void): void {
    // Insertion order is nearly offset order, but not surely: every entry is looked at.
    for (const [offset, waiting] of waiters) {
      if (!done(offset)) continue;
      waiters.delete(offset);
      for (const waiter of waiting) {
        clearTimeout(waiter.timer);
        end(waiter);
      }
    }
  }

  return {
    wait(offset, timeoutMs, late) {
      if (offset < acknowledged) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const waiting = waiters.get(offset) ?? new Set();
        waiters.set(offset, waiting);
        const timer = setTimeout(() => {
          waiting.delete(waiter);
          reject(late());
        }, timeoutMs);
        const waiter: Waiter = { resolve, reject, timer };
        waiting.add(waiter);
      });
    },
    reached(next) {
      acknowledged = Math.max(acknowledged, next);
      settle(
        offset => offset < acknowledged,
        ({ resolve }) => resolve(),
      );
    },
    giveUp(reason) {
      settle(
        () => true,
        ({ reject }) => reject(reason),
      );
    },
  };
}
