// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { ObjectStore } from './object-store.ts';

const bytes = new TextEncoder().encode('listed');

async function keysOf(listing: AsyncIterable<{ key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listing) keys.push(key);
  return keys;
}

async function createAll(store: ObjectStore, keys: string[]): Promise<void> {
  const left = [...keys];
  const worker = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) await store.create(key, bytes);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Files, folders and the characters around the slash, within what the port allows. */
const TRICKY = [
  'o/067',
  'o/067.p/8',
  'o/a/1',
  'o/a/2-x',
  'o/a/2.y',
  'o/a0',
  'o/a_b',
  'o/b-c/1',
  'o/b.d',
  'o/bb',
];

/** The part of the object store contract that is about listing. */
export function listingContract(store: () => ObjectStore): void {
  describe('listing', () => {
    test('keys come ascending by byte order, with their sizes', async () => {
      await createAll(store(), TRICKY);
      expect([...TRICKY].sort()).toEqual(TRICKY);
      expect(await keysOf(store().list('o/'))).toEqual(TRICKY);
      for await (const { size } of store().list('o/')) expect(size).toBe(bytes.length);
    });

    test.each([...TRICKY, 'o/a', 'o/a/1.', 'o/z'])('begins after %j', async after => {
      await createAll(store(), TRICKY);
      const expected = TRICKY.filter(key => key > after);
      expect(await keysOf(store().list('o/', { after }))).toEqual(expected);
    });

    test('a prefix is a beginning of the key, not a folder', async () => {
      await createAll(store(), TRICKY);
      expect(await keysOf(store().list('o/a/'))).toEqual(TRICKY.filter(key => key.startsWith('o/a/')));
      expect(await keysOf(store().list('o/a/2'))).toEqual(['o/a/2-x', 'o/a/2.y']);
      expect(await keysOf(store().list('o/nothing'))).toEqual([]);
      await expect(keysOf(store().list('../'))).rejects.toMatchObject({ code: 'KEY' });
    });

    test('more keys than one page holds', async () => {
      const keys = Array.from({ length: 1_234 }, (_, at) => `many/${String(at).padStart(20, '0')}.jsonl.zst`);
      await createAll(store(), keys);
      expect(await keysOf(store().list('many/'))).toEqual(keys);
      expect(await keysOf(store().list('many/', { after: keys[100]! }))).toEqual(keys.slice(101));
      expect(await keysOf(store().versions('many/'))).toEqual(keys);
    });

    test('an untouched object has one version, the oldest', async () => {
      const { versionId } = await store().create('version/a', bytes);
      const versions = [];
      for await (const { lastModified, ...version } of store().versions('version/')) {
        expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(60_000);
        versions.push(version);
      }
      const expected = {
        key: 'version/a',
        versionId,
        isDeleteMarker: false,
        isOldest: true,
        size: bytes.length,
      };
      expect(versions).toEqual([expected]);
    });
  });
}
