// SPDX-License-Identifier: Apache-2.0
// How many events a token may send: a running average, with room for a burst.
import { IntakeError } from './problems.ts';

export interface RateLimit {
  /** Before the body is read: counts one event. Throws `rate_exceeded` while the token is ahead of its rate. */
  admit(tokenId: string): void;
  /** After the body was read: counts its other events. A body is never cut; what is too much, the next ones wait for. */
  count(tokenId: string, events: number): void;
}

/** So many seconds' worth of events may come at once. */
const BURST_S = 5;

/** `now` in ms. One number is kept a token, and those are as many as the registry holds. */
export function createRateLimit(eventsPerSecond: number, now: () => number): RateLimit {
  /** When the token's events so far would have been sent, at exactly its rate. */
  const paidUntil = new Map<string, number>();

  function count(tokenId: string, events: number): void {
    const from = Math.max(paidUntil.get(tokenId) ?? 0, now());
    paidUntil.set(tokenId, from + (events * 1000) / eventsPerSecond);
  }

  return {
    admit(tokenId) {
      const ahead = ((paidUntil.get(tokenId) ?? 0) - now()) / 1000 - BURST_S;
      if (ahead <= 0) return count(tokenId, 1);
      const wait = Math.ceil(ahead);
      throw new IntakeError(
        'rate_exceeded',
        `expected at most ${eventsPerSecond} events a second of this token, on average over ${BURST_S} s; send the same bytes again in ${wait} s`,
        { retry_after_s: wait },
      );
    },
    count,
  };
}
