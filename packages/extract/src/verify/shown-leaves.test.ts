// SPDX-License-Identifier: Apache-2.0
import { HASH_BYTES, leafHash, rootOf } from '@ashiato/tlog';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areRanges, countOf, createShownTree, hiddenHashes, numbersIn, rangesOf } from './shown-leaves.ts';

const trees = fc
  .integer({ min: 1, max: 70 })
  .chain(size => fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat(size - 1))))
  .map(([size, numbers]) => ({ size, numbers: numbers.sort((a, b) => a - b) }));
const leavesOf = (size: number) =>
  Buffer.concat(Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`leaf ${i}`))));
const leafOf = (leaves: Uint8Array, at: number) => leaves.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);

test('shown leaves and the hashes of the rest give the root of all', () => {
  fc.assert(
    fc.property(trees, ({ size, numbers }) => {
      const leaves = leavesOf(size);
      const shown = rangesOf(numbers);
      expect([...numbersIn(shown)]).toEqual(numbers);
      expect([areRanges(shown, size), countOf(shown)]).toEqual([true, numbers.length]);
      const tree = createShownTree(size, shown, hiddenHashes(leaves, shown));
      for (const number of numbers) tree.add(leafOf(leaves, number));
      expect(Buffer.from(tree.root()!)).toEqual(Buffer.from(rootOf(leaves)));
    }),
  );
});

test('a leaf changed, left out, put in or moved is another root or none', () => {
  fc.assert(
    fc.property(trees, fc.nat(), ({ size, numbers }, pick) => {
      fc.pre(numbers.length > 1);
      const leaves = leavesOf(size);
      const shown = rangesOf(numbers);
      const hidden = hiddenHashes(leaves, shown);
      const rootWith = (given: Uint8Array[]) => {
        const tree = createShownTree(size, shown, hidden);
        try {
          for (const leaf of given) tree.add(leaf);
        } catch {
          return 'refused';
        }
        return Buffer.from(tree.root() ?? []).toString('hex');
      };
      const good = numbers.map(number => leafOf(leaves, number));
      const root = Buffer.from(rootOf(leaves)).toString('hex');
      const at = pick % good.length;
      const other = leafHash(Buffer.from('another'));
      expect(rootWith(good)).toBe(root);
      expect(rootWith(good.with(at, other))).not.toBe(root);
      expect(rootWith(good.toSpliced(at, 1))).not.toBe(root);
      expect(rootWith(good.toSpliced(at, 0, other))).not.toBe(root);
      expect(rootWith(good.toReversed())).not.toBe(root);
    }),
  );
});
