// SPDX-License-Identifier: Apache-2.0
// A Merkle tree of which only some leaves are shown (RFC 6962's tree; every largest subtree without a shown leaf is
// one hash, left to right). All shown: no hash at all. What is not shown is counted and can be nothing else.
import { HASH_BYTES, nodeHash, rootOf } from '@ashiato/tlog';

/** Leaf numbers `[from, to]`, both inclusive, ascending and apart. */
export type LeafRanges = readonly (readonly [from: number, to: number])[];

/** Leaf numbers, ascending, as ranges. */
export function rangesOf(numbers: Iterable<number>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/** Whether the ranges ascend, stand apart and lie within `size` leaves. */
export function areRanges(ranges: LeafRanges, size: number): boolean {
  let least = 0;
  for (const [from, to] of ranges) {
    if (!(from >= least && to >= from && to < size)) return false;
    least = to + 2;
  }
  return true;
}

export const countOf = (ranges: LeafRanges): number =>
  ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);

export function* numbersIn(ranges: LeafRanges): Generator<number> {
  for (const [from, to] of ranges) for (let number = from; number <= to; number++) yield number;
}

/** The hashes that stand for what is not shown; `leaves` are leaf hashes end to end. */
export function hiddenHashes(leaves: Uint8Array, shown: LeafRanges): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  const isShown = createCursor(shown);
  walk(0, leaves.length / HASH_BYTES, (from, to) => {
    if (isShown(from, to)) return to - from === 1;
    hashes.push(rootOf(leaves.subarray(from * HASH_BYTES, to * HASH_BYTES)));
    return true;
  });
  return hashes;
}

/** Takes the leaf hashes of what is shown, in order, then says the root. Memory: the hashes on the way up. */
export interface ShownTree {
  /** @throws RangeError for more leaves than were said to be shown */
  add(leaf: Uint8Array): void;
  /** Undefined when leaves or hashes are missing or left over. */
  root(): Uint8Array | undefined;
}

/** `shown` MUST satisfy `areRanges`. Untrusted: `hidden`. */
export function createShownTree(size: number, shown: LeafRanges, hidden: readonly Uint8Array[]): ShownTree {
  const isShown = createCursor(shown);
  // Subtrees still to come, the next on top; `join` folds the two roots that were made last.
  const todo: (readonly [number, number] | 'join')[] = [[0, size]];
  const made: Uint8Array[] = [];
  let hashAt = 0;
  let isShort = false;

  function goOn(leaf: Uint8Array | undefined): void {
    let next = leaf;
    for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
      if (step === 'join') {
        const right = made.pop()!;
        made.push(nodeHash(made.pop()!, right));
        continue;
      }
      const [from, to] = step;
      if (!isShown(from, to)) {
        const hash = hidden[hashAt++];
        if (!hash || hash.length !== HASH_BYTES) isShort = true;
        made.push(hash ?? new Uint8Array(HASH_BYTES));
      } else if (to - from === 1) {
        if (next === undefined) return void todo.push(step);
        made.push(next);
        next = undefined;
      } else {
        const middle = from + splitOf(to - from);
        todo.push('join', [middle, to], [from, middle]);
      }
    }
    if (next !== undefined) throw new RangeError('more leaves than are shown');
  }

  return {
    add: leaf => goOn(leaf),
    root() {
      if (todo.length > 0) goOn(undefined);
      const isWhole = todo.length === 0 && hashAt === hidden.length && !isShort;
      return isWhole ? made[0] : undefined;
    },
  };
}

/** Whether any shown leaf lies in `from` up to, without, `to`; MUST be asked from left to right. */
function createCursor(shown: LeafRanges): (from: number, to: number) => boolean {
  let at = 0;
  return (from, to) => {
    while (at < shown.length && shown[at]![1] < from) at++;
    return at < shown.length && shown[at]![0] < to;
  };
}

/** Visits subtrees, parents first, from left to right; a visit that answers true goes no deeper. */
function walk(from: number, to: number, visit: (from: number, to: number) => boolean): void {
  if (to <= from || visit(from, to)) return;
  const middle = from + splitOf(to - from);
  walk(from, middle, visit);
  walk(middle, to, visit);
}

function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
