// SPDX-License-Identifier: Apache-2.0

// Without the parent nobody would end this process.
process.once('disconnect', () => process.exit(1));

/** Tells the parent process. */
export function say(word: 'begun' | 'done'): void {
  if (!process.send) throw new Error('started without a parent: run it through the benchmark');
  process.send(word);
}
