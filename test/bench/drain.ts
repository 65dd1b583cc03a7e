// SPDX-License-Identifier: Apache-2.0
// What one arm's drain of the topic gives, and what it is given.

export interface Bed {
  /** host:port of the broker. */
  bootstrap: string;
  topic: string;
  events: number;
  brokerPid: number;
  /** An empty folder of its own, on disk; gone after the benchmark. */
  freshFolder(name: string): string;
  /** The statement that makes our `records` table. */
  recordsTable: string;
  profile: string | undefined;
}

export interface Drain {
  /** Wall seconds from the first partition taken over (or the view made) to the last event readable. */
  seconds: number;
  /** Until the last segment was committed; arm A only. */
  committedSeconds?: number;
  /** CPU microseconds during that time, by process. */
  cpu: Record<string, number>;
  /** The engine's CPU microseconds afterwards, until its merges were quiet; absent where there is no engine. */
  laterCpu?: number;
}
