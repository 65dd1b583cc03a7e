// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createGrowingRoot } from './growing-root.ts';
import { leafHash, rootOf } from './merkle-tree.ts';

test('is the root over all leaves at every size', () => {
  const growing = createGrowingRoot();
  const leaves: Buffer[] = [];
  for (let size = 0; size <= 300; size++) {
    expect(growing.size).toBe(size);
    expect(growing.root()).toEqual(rootOf(Buffer.concat(leaves)));
    const leaf = leafHash(Buffer.from(`entry ${size}`));
    leaves.push(leaf);
    growing.push(leaf);
  }
});
