// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ObjectsError } from './index.ts';
import { assertKey, assertPrefix, byBytes, retentionDate } from './object-key.ts';
import { parseStoreUrl } from './store-url.ts';

/** Mostly the characters that matter: those of keys, and those that make trouble. */
const textNearKeys = fc.string({ unit: fc.constantFrom(...'abz019._-//..A \\%\0é'), maxLength: 40 });

function isKey(text: string): boolean {
  try {
    return assertKey(text) === text;
  } catch (error) {
    if (error instanceof ObjectsError && error.code === 'KEY') return false;
    throw error;
  }
}

describe('keys', () => {
  test('a key stays below its root, is one path, and is plain', () => {
    let valid = 0;
    fc.assert(
      fc.property(textNearKeys, text => {
        if (!isKey(text)) return;
        valid += 1;
        expect(posix.normalize(`/root/${text}`)).toBe(`/root/${text}`);
        expect(text).toMatch(/^[a-z0-9][a-z0-9._/-]*$/);
        expect(text.endsWith('/')).toBe(false);
      }),
      { numRuns: 5_000 },
    );
    expect(valid).toBeGreaterThan(100);
  });

  test('every beginning of a key that does not end in a dot is a prefix', () => {
    fc.assert(
      fc.property(textNearKeys.filter(isKey), fc.nat(), (key, at) => {
        const prefix = key.slice(0, at % (key.length + 1));
        expect(assertPrefix(prefix)).toBe(prefix);
      }),
    );
  });

  test('the keys that the rooms use are keys', () => {
    const used = [
      'segments/access/00000/00000000000000000000.jsonl.zst',
      'log/tile/0/x001/x234/067.p/8',
      'policies/tepco-ep/2024-04-01.json',
    ];
    expect(used.filter(isKey)).toEqual(used);
  });

  test('comparing is comparing bytes', () => {
    fc.assert(
      fc.property(textNearKeys.filter(isKey), textNearKeys.filter(isKey), (a, b) => {
        expect(byBytes(a, b)).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

test('a retention date is a whole second and never earlier than asked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 10 ** 12 }), ahead => {
      const asked = new Date(Date.now() + ahead);
      const kept = retentionDate(asked).getTime() - asked.getTime();
      expect(kept).toBeGreaterThanOrEqual(0);
      expect(kept).toBeLessThan(1_000);
      expect(retentionDate(asked).getTime() % 1_000).toBe(0);
    }),
  );
});

describe('store URLs', () => {
  test('an S3 URL with everything', () => {
    const url = 's3://bucket-1/a/b/?endpoint=http%3A%2F%2F127.0.0.1%3A8333&region=ap-northeast-1';
    expect(parseStoreUrl(url)).toEqual({
      kind: 's3',
      bucket: 'bucket-1',
      prefix: 'a/b/',
      endpoint: 'http://127.0.0.1:8333',
      region: 'ap-northeast-1',
      forcePathStyle: true,
    });
    const bare = { bucket: 'bucket-1', prefix: '', region: 'us-east-1', forcePathStyle: false };
    expect(parseStoreUrl('s3://bucket-1')).toMatchObject(bare);
  });

  test('folders by relative and absolute path', () => {
    expect(parseStoreUrl('file:./x y')).toEqual({ kind: 'folder', path: `${process.cwd()}/x y` });
    expect(parseStoreUrl('file:///tmp/x%20y')).toEqual({ kind: 'folder', path: '/tmp/x y' });
  });

  test.each([
    'http://x',
    'file:',
    's3://',
    's3://key:secret@bucket-1',
    's3://bucket-1?endpiont=http://x',
    's3://bucket-1?endpoint=ftp://x',
    's3://bucket-1?forcePathStyle=yes',
    's3://bucket-1/a/../b//c',
  ])('%s is refused, and no secret is repeated', url => {
    const parse = () => parseStoreUrl(url);
    expect(parse).toThrow(ObjectsError);
    expect(parse).not.toThrow(/secret/);
  });
});
