// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { share } from './share-partitions.ts';

it('gives each partition to exactly one member that asked for its topic, evenly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 20 }), (members, partitions) => {
      const topicsOf = new Map(
        Array.from({ length: members }, (_, i) => [`m${i}`, i === 0 ? ['a', 'b'] : ['a']]),
      );
      const shares = share(topicsOf, () => [...Array(partitions).keys()]);
      const a = [...shares.values()].flatMap(mine => mine.a ?? []);
      expect(a.sort((x, y) => x - y)).toEqual([...Array(partitions).keys()]);
      expect(shares.get('m0')!.b).toHaveLength(partitions);
      const counts = [...shares.values()].map(mine => mine.a?.length ?? 0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});
