// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong in one file beyond its shape, each problem at its line.
import type { Problem } from './errors.ts';
import type { Read } from './read-document.ts';

export type At = readonly PropertyKey[];
export type Checker = ReturnType<typeof checker>;

export function checker(read: Read<unknown>) {
  const problems: Problem[] = [];
  const wrong = (at: At, expected: string, found: string): void => {
    problems.push(read.problemAt(at, expected, found));
  };
  return {
    problems,
    wrong,
    known(at: At, name: string, allowed: ReadonlySet<string>, kind: string): void {
      if (!allowed.has(name)) wrong(at, `a declared ${kind}`, JSON.stringify(name));
    },
    once(at: At, names: readonly string[]): void {
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) !== index)
          wrong([...at, index], 'an id that was not used before', JSON.stringify(name));
      }
    },
    /** A half-open period: its end, where it has one, lies after its start. */
    period(at: At, from: string, to: string | null): void {
      if (to !== null && to <= from) wrong(at, `a day after ${from}`, to);
    },
    lines(at: At, [from, to]: readonly [number, number], last: number): void {
      if (from > to || to > last) wrong(at, `lines within 1 to ${last}`, `${from} to ${to}`);
    },
  };
}
