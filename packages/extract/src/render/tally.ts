// SPDX-License-Identifier: Apache-2.0
// Counts by name, in a fixed order: the largest first, equal ones by name.

export interface Tally {
  add(name: string, by?: number): void;
  rows(): [name: string, count: number][];
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    rows: () => [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
  };
}
