// SPDX-License-Identifier: Apache-2.0
// Waiting for something that another task announces.

export interface Bell {
  /** Wakes everyone who waits now. */
  ring(): void;
  /** Resolves at the next ring, at the abort, or after `timeoutMs`, whichever is first. */
  wait(signal: AbortSignal, timeoutMs?: number): Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      const woken = [...waiting];
      waiting.clear();
      for (const wake of woken) wake();
    },
    wait(signal, timeoutMs) {
      if (signal.aborted) return Promise.resolve();
      return new Promise(resolve => {
        let timer: NodeJS.Timeout | undefined;
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          clearTimeout(timer);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        if (timeoutMs !== undefined) timer = setTimeout(wake, timeoutMs);
      });
    },
  };
}

/** Sleeps, or less when aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return createBell().wait(signal, ms);
}
