// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inclusionProof, leafHash, nodeHash, rootOf, verifyInclusion } from './index.ts';

/** The eight leaves and nine roots every RFC 6962 implementation is tested with. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hashes = (entries: Uint8Array[]) => Buffer.concat(entries.map(leafHash));
const leaf = (leaves: Buffer, index: number) => leaves.subarray(index * 32, index * 32 + 32);

/** The definition of RFC 6962 section 2.1, word for word: slow, and the judge of the fast one. */
function rootByDefinition(entries: Uint8Array[]): Buffer {
  if (entries.length === 1) return leafHash(entries[0]!);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return nodeHash(rootByDefinition(entries.slice(0, split)), rootByDefinition(entries.slice(split)));
}

describe('merkle tree', () => {
  it.each(ROOTS.map((root, n) => [n, root]))('has the published root of %i leaves', (n, root) => {
    const entries = LEAVES.slice(0, n as number).map(hex => Buffer.from(hex, 'hex'));
    expect(rootOf(hashes(entries)).toString('hex')).toBe(root);
  });

  it('equals the definition for any number of leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 70 }), entries => {
        expect(rootOf(hashes(entries))).toEqual(rootByDefinition(entries));
      }),
    );
  });

  it('proves every leaf, and refuses a wrong leaf, index, size, path or root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), (size, pick) => {
        const leaves = hashes(Array.from({ length: size }, (_, i) => Buffer.from([i])));
        const index = pick % size;
        const path = inclusionProof(leaves, index);
        const root = rootOf(leaves);
        expect(verifyInclusion(leaf(leaves, index), index, size, path, root)).toBe(true);
        expect(verifyInclusion(leafHash(Buffer.from('no')), index, size, path, root)).toBe(false);
        expect(verifyInclusion(leaf(leaves, index), index, size, [...path, root], root)).toBe(false);
        expect(verifyInclusion(leaf(leaves, index), index, size, path, leafHash(root))).toBe(false);
        if (size > 1) {
          expect(verifyInclusion(leaf(leaves, index), (index + 1) % size, size, path, root)).toBe(false);
          expect(verifyInclusion(leaf(leaves, index), index, size, path.slice(1), root)).toBe(false);
        }
        expect(verifyInclusion(leaf(leaves, index), size, size, path, root)).toBe(false);
      }),
    );
  });

  it('refuses hashes that are not 32 bytes', () => {
    expect(() => rootOf(new Uint8Array(33))).toThrow(RangeError);
    expect(() => inclusionProof(new Uint8Array(32), 1)).toThrow(RangeError);
  });
});
