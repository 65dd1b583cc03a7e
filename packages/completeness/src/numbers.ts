// SPDX-License-Identifier: Apache-2.0
// Which numbers of one epoch came since its last seal, and the tree over them as far as none is missing. Memory is
// bounded: a tree keeps its edge alone, and leaves are held only behind a hole.
import { createTree, type GrowingTree } from '@ashiato/tlog';
import type { NotChecked } from './facts.ts';

/** Leaves held behind holes, per epoch. */
const HELD = 10_000;
/** Holes remembered per epoch; an older one is given up as missing. */
const HOLES = 1_000;

/** Why there is no root over the numbers. */
type Rootless = Extract<NotChecked, 'unhashed' | 'too_many' | 'out_of_order'>;

export interface Numbers {
  /** Takes a number with the leaf of its event; null where the event was not hashed. */
  take(number: number, leaf: Uint8Array | null): void;
  /** Ranges given up because there were too many holes, since the last call. */
  givenUp(): [number, number][];
  /** First number after the last seal. */
  readonly first: number;
  /** Highest number taken; `first` - 1 before any. */
  readonly highest: number;
  /** Numbers from `first` to `last` that did not come. */
  missing(last: number): [number, number][];
  /** Root over `first` to `last`, or why there is none. */
  root(last: number): Uint8Array | NotChecked;
  /** Behind a seal that reaches to `last`: begins anew with the number after it. */
  sealed(last: number): void;
  dump(): NumbersDump;
}

export interface NumbersDump {
  first: number;
  /** Number of the tree's first leaf. */
  base: number;
  edge: string[];
  size: number;
  rootless: Rootless | null;
  /** Ranges behind the contiguous part, ascending. */
  behind: [number, number][];
  held: [number, string][];
}

export function createNumbers(from: number | NumbersDump): Numbers {
  const kept = typeof from === 'number' ? undefined : from;
  let first = kept?.first ?? (from as number);
  let base = kept?.base ?? first;
  let tree: GrowingTree = createTree(kept && { size: kept.size, edge: kept.edge.map(fromBase64) });
  let rootless: Rootless | null = kept?.rootless ?? null;
  let behind: [number, number][] = kept?.behind.map(([a, b]) => [a, b]) ?? [];
  const held = new Map<number, Uint8Array>(kept?.held.map(([n, leaf]) => [n, fromBase64(leaf)]));
  let lost: [number, number][] = [];

  /** The first number that has not come. */
  const next = () => base + tree.size;

  // Without a root the leaves' values do not matter, only how many there are.
  const grow = (leaf: Uint8Array | undefined) => tree.append(leaf ?? NO_LEAF);

  function takeBehind(number: number, leaf: Uint8Array | null): void {
    const last = behind.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else behind = insert(behind, number);
    if (leaf === null) rootless ??= 'unhashed';
    else if (held.size < HELD) held.set(number, leaf);
    else rootless ??= 'too_many';
    if (behind.length > HOLES) giveUp();
  }

  function giveUp(): void {
    lost.push([next(), behind[0]![0] - 1]);
    base = behind[0]![0];
    tree = createTree();
    rootless ??= 'too_many';
    closeUp();
  }

  /** What stood behind a hole that is filled now joins the tree. */
  function closeUp(): void {
    while (behind[0] && behind[0][0] === next()) {
      const [, last] = behind.shift()!;
      for (let number = next(); number <= last; number++) {
        grow(held.get(number));
        held.delete(number);
      }
    }
  }

  function missing(last: number): [number, number][] {
    const holes: [number, number][] = [];
    let at = next();
    for (const [from, to] of behind) {
      if (from > last) break;
      if (from > at) holes.push([at, from - 1]);
      at = to + 1;
    }
    if (at <= last) holes.push([at, last]);
    return holes;
  }

  return {
    get first() {
      return first;
    },
    get highest() {
      return behind.at(-1)?.[1] ?? next() - 1;
    },
    take(number, leaf) {
      if (number < next() || behind.some(([from, to]) => number >= from && number <= to)) return;
      if (number > next()) return takeBehind(number, leaf);
      if (leaf === null) rootless ??= 'unhashed';
      grow(leaf ?? undefined);
      closeUp();
    },
    givenUp() {
      const ranges = lost;
      lost = [];
      return ranges;
    },
    missing,
    root(last) {
      if (missing(last).length > 0) return 'numbers_missing';
      if (next() - 1 > last) return 'out_of_order';
      return rootless ?? tree.root();
    },
    sealed(last) {
      first = last + 1;
      // Numbers beyond the seal that stand in the tree already cannot be taken out of it again.
      rootless = next() > first ? 'out_of_order' : null;
      base = Math.max(first, next());
      tree = createTree();
      behind = behind.filter(([, to]) => to >= base).map(([from, to]) => [Math.max(from, base), to]);
      for (const number of [...held.keys()]) if (number < base) held.delete(number);
      if (behind.reduce((sum, [from, to]) => sum + to - from + 1, 0) > held.size) rootless ??= 'too_many';
      closeUp();
    },
    dump: () => ({
      first,
      base,
      edge: tree.edge().map(toBase64),
      size: tree.size,
      rootless,
      behind: behind.map(([a, b]) => [a, b]),
      held: [...held].map(([number, leaf]) => [number, toBase64(leaf)]),
    }),
  };
}

const NO_LEAF = new Uint8Array(32);
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

function insert(ranges: [number, number][], number: number): [number, number][] {
  const at = ranges.findIndex(([, to]) => to >= number - 1);
  if (at < 0) return [...ranges, [number, number]];
  const range = ranges[at]!;
  if (range[1] === number - 1) {
    const next = ranges[at + 1];
    if (next && next[0] === number + 1) ranges.splice(at, 2, [range[0], next[1]]);
    else range[1] = number;
  } else if (range[0] === number + 1) range[0] = number;
  else ranges.splice(at, 0, [number, number]);
  return ranges;
}
