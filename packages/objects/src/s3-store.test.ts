// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { s3ForTests, startS3 } from '@ashiato/infra-local';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ensureBucket,
  type ObjectStore,
  ObjectsError,
  type ObjectVersion,
  openObjectStore,
} from './index.ts';
import { objectStoreContract } from './objects.contract.ts';
import { bytesFor } from './test-programs/bytes-for.ts';
import { startCuttingProxy } from './test-programs/cutting-proxy.ts';

type TestS3 = Awaited<ReturnType<typeof s3ForTests>>;
const text = (value: string) => new TextEncoder().encode(value);
const inAnHour = () => new Date(Date.now() + 3_600_000);
const name = `ashiato-test-${process.pid}-${Date.now()}`;
let s3: TestS3;
let credentials: { accessKeyId: string; secretAccessKey: string };

beforeAll(async () => {
  s3 = await s3ForTests();
  credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  await ensureBucket(urlOf(name), { credentials });
});
afterAll(() => s3?.stop());

function urlOf(bucketAndPrefix: string, endpoint = s3.endpoint): string {
  return `s3://${bucketAndPrefix}?endpoint=${encodeURIComponent(endpoint)}&region=${s3.region}`;
}

function rawClient(): S3Client {
  return new S3Client({ endpoint: s3.endpoint, region: s3.region, forcePathStyle: true, credentials });
}

async function versionsOf(store: ObjectStore, prefix: string): Promise<ObjectVersion[]> {
  const found: ObjectVersion[] = [];
  for await (const version of store.versions(prefix)) found.push(version);
  return found;
}

objectStoreContract('S3', async () => ({ url: urlOf(`${name}/contract`), options: { credentials } }));

describe('S3: what was put over the truth', () => {
  let store: ObjectStore;
  let raw: S3Client;
  beforeAll(() => {
    store = openObjectStore(urlOf(`${name}/tampered`), { credentials });
    raw = rawClient();
  });
  afterAll(() => store?.close());
  const at = (key: string) => ({ Bucket: name, Key: `tampered/${key}` });

  test('a second version is visible, and the oldest stays the answer', async () => {
    const { versionId } = await store.create('second/a', text('truth'), { retainUntil: inAnHour() });
    const forged = await raw.send(new PutObjectCommand({ ...at('second/a'), Body: text('forged!') }));
    expect(await store.get('second/a')).toEqual({ bytes: text('truth'), versionId });
    for await (const { size } of store.list('second/')) expect(size).toBe(5);
    const told = (await versionsOf(store, 'second/')).map(({ lastModified, ...version }) => version);
    const common = { key: 'second/a', isDeleteMarker: false };
    expect(told).toEqual([
      { ...common, versionId, isOldest: true, size: 5 },
      { ...common, versionId: forged.VersionId, isOldest: false, size: 7 },
    ]);
  });

  test('a delete marker is visible and hides nothing', async () => {
    const { versionId } = await store.create('marked/a', text('truth'), { retainUntil: inAnHour() });
    const marker = await raw.send(new DeleteObjectCommand(at('marked/a')));
    expect(await store.has('marked/a')).toBe(true);
    expect(await store.get('marked/a')).toEqual({ bytes: text('truth'), versionId });
    const keys: string[] = [];
    for await (const { key } of store.list('marked/')) keys.push(key);
    expect(keys).toEqual(['marked/a']);
    const told = await versionsOf(store, 'marked/');
    expect(told.map(({ isDeleteMarker, isOldest }) => ({ isDeleteMarker, isOldest }))).toEqual([
      { isDeleteMarker: false, isOldest: true },
      { isDeleteMarker: true, isOldest: false },
    ]);
    expect(told[1]?.versionId).toBe(marker.VersionId);
  });

  test('while one version is retained, remove touches none of them', async () => {
    await store.create('both/a', text('truth'), { retainUntil: inAnHour() });
    await raw.send(new PutObjectCommand({ ...at('both/a'), Body: text('forged!') }));
    await raw.send(new DeleteObjectCommand(at('both/a')));
    const before = await versionsOf(store, 'both/');
    expect((await store.remove('both/a')).outcome).toBe('refused');
    expect(await versionsOf(store, 'both/')).toEqual(before);
    expect(before).toHaveLength(3);
  });

  test('remove of a free object takes all its versions', async () => {
    await store.create('all/a', text('truth'));
    await raw.send(new PutObjectCommand({ ...at('all/a'), Body: text('forged!') }));
    await raw.send(new DeleteObjectCommand(at('all/a')));
    expect((await store.remove('all/a')).outcome).toBe('removed');
    expect(await versionsOf(store, 'all/')).toEqual([]);
  });

  test('a key with more versions than one page still answers with the oldest', async () => {
    const { versionId } = await store.create('paged/a', text('truth'));
    const puts = Array.from(
      { length: 1_010 },
      () => new PutObjectCommand({ ...at('paged/a'), Body: text('x') }),
    );
    while (puts.length > 0) await Promise.all(puts.splice(0, 10).map(put => raw.send(put)));
    expect(await store.get('paged/a')).toEqual({ bytes: text('truth'), versionId });
    expect((await versionsOf(store, 'paged/')).filter(version => version.isOldest)).toHaveLength(1);
  });
});

describe('S3: keys that stores lose', () => {
  const forbidden = ['o/a-b/1', 'o/a.b', 'o/a/1', 'o/a/1.x/y', 'o/a/2-x', 'o/a/2/z', 'o/a0', 'o/a_b'];

  test('a listing is right or says that it cannot be', async () => {
    const store = openObjectStore(urlOf(`${name}/forbidden`), { credentials });
    for (const key of forbidden) await store.create(key, text('x'));
    let refusals = 0;
    for (const after of ['', ...forbidden]) {
      const keys: string[] = [];
      try {
        for await (const { key } of store.list('o/', { after })) keys.push(key);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ObjectsError', code: 'LISTING' });
        refusals += 1;
        continue;
      }
      expect(keys).toEqual(forbidden.filter(key => key > after));
    }
    expect(refusals).toBeGreaterThan(0);
    await store.close();
  });

  test('and so for a listing longer than a page', async () => {
    const store = openObjectStore(urlOf(`${name}/forbidden-pages`), { credentials });
    const raw = rawClient();
    const keys = Array.from({ length: 1_100 }, (_, at) => `o/a/${String(at).padStart(5, '0')}`);
    const put = (key: string) =>
      raw.send(new PutObjectCommand({ Bucket: name, Key: `forbidden-pages/${key}`, Body: text('x') }));
    for (let at = 0; at < keys.length; at += 10) await Promise.all(keys.slice(at, at + 10).map(put));
    const count = async (prefix: string) => {
      let found = 0;
      for await (const _ of store.list(prefix)) found += 1;
      return found;
    };
    expect(await count('o/')).toBe(1_100);
    await put('o/a-b');
    await expect(count('o/')).rejects.toMatchObject({ name: 'ObjectsError', code: 'LISTING' });
    expect(await count('o/a/')).toBe(1_100);
    await store.close();
  });
});

describe('S3: answers that never came', () => {
  test('a put whose answer was lost is known for our own', async () => {
    const proxy = await startCuttingProxy(new URL(s3.endpoint));
    const store = openObjectStore(urlOf(`${name}/lost`, proxy.endpoint), { credentials });
    for (const answers of [1, 2, 3, 5]) {
      proxy.cutNext('PUT', answers);
      const before = proxy.cuts();
      const { outcome, versionId } = await store.create(`a/${answers}`, text('mine'));
      expect(proxy.cuts() - before).toBeGreaterThanOrEqual(1);
      expect(outcome).toBe('created');
      expect((await store.get(`a/${answers}`))?.versionId).toBe(versionId);
      expect(await versionsOf(store, `a/${answers}`)).toHaveLength(1);
    }
    await store.close();
    await proxy.close();
  });

  test('a lost answer over somebody else’s equal object is not taken for our own', async () => {
    const proxy = await startCuttingProxy(new URL(s3.endpoint));
    const direct = openObjectStore(urlOf(`${name}/lost`), { credentials });
    const store = openObjectStore(urlOf(`${name}/lost`, proxy.endpoint), { credentials });
    const { versionId } = await direct.create('b', text('the same bytes'));
    proxy.cutNext('PUT', 2);
    expect(await store.create('b', text('the same bytes'))).toEqual({ outcome: 'exists', versionId });
    expect(proxy.cuts()).toBeGreaterThanOrEqual(1);
    for (const each of [store, direct]) await each.close();
    await proxy.close();
  });

  test('when nothing answers, create says that it is unsure', async () => {
    const store = openObjectStore(urlOf(name, 'http://127.0.0.1:1'), { credentials });
    const unsure = { name: 'ObjectsError', code: 'UNSURE', message: expect.stringMatching(/read the key/) };
    await expect(store.create('a', text('a'))).rejects.toMatchObject(unsure);
    const unreachable = {
      code: 'UNREACHABLE',
      message: expect.stringMatching(/is the endpoint right and up/),
    };
    await expect(store.get('a')).rejects.toMatchObject(unreachable);
    await expect(store.ping()).rejects.toMatchObject(unreachable);
    await expect(versionsOf(store, 'a')).rejects.toMatchObject(unreachable);
  });
});

describe('S3: what is wrong with the place', () => {
  test('wrong credentials are told as such', async () => {
    const wrong = [
      { ...credentials, secretAccessKey: 'not-the-secret' },
      { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
    ];
    for (const each of wrong) {
      const store = openObjectStore(urlOf(name), { credentials: each });
      const refused = {
        name: 'ObjectsError',
        code: 'CREDENTIALS',
        message: expect.stringMatching(/check the access key/),
      };
      await expect(store.create('a', text('a'))).rejects.toMatchObject(refused);
      await expect(store.get('a')).rejects.toMatchObject(refused);
      await expect(store.ping()).rejects.toMatchObject(refused);
      await expect(ensureBucket(urlOf(name), { credentials: each })).rejects.toMatchObject(refused);
    }
  });

  test('a missing bucket is told as such, and no put makes one', async () => {
    const store = openObjectStore(urlOf(`${name}-missing`), { credentials });
    await expect(store.create('a', text('a'))).rejects.toMatchObject({ code: 'BUCKET' });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'BUCKET' });
  });

  test('ensureBucket makes a bucket once, and refuses one without Object Lock', async () => {
    expect(await ensureBucket(urlOf(`${name}-made`), { credentials })).toBe('created');
    expect(await ensureBucket(urlOf(`${name}-made`), { credentials })).toBe('present');
    await rawClient().send(new CreateBucketCommand({ Bucket: `${name}-plain` }));
    const unfit = { code: 'BUCKET', message: expect.stringMatching(/expected versioning and Object Lock/) };
    await expect(ensureBucket(urlOf(`${name}-plain`), { credentials })).rejects.toMatchObject(unfit);
  });

  test('a retained create into a bucket without Object Lock creates nothing', async () => {
    await rawClient().send(new CreateBucketCommand({ Bucket: `${name}-unlocked` }));
    const store = openObjectStore(urlOf(`${name}-unlocked`), { credentials });
    await expect(store.create('a', text('a'), { retainUntil: inAnHour() })).rejects.toMatchObject({
      code: 'BUCKET',
    });
    expect(await store.has('a')).toBe(false);
    // Without retention such a bucket does what a store without locks can.
    expect((await store.create('b', text('b'))).outcome).toBe('created');
    expect((await store.create('b', text('c'))).outcome).toBe('exists');
    expect((await store.get('b'))?.bytes).toEqual(text('b'));
    expect((await store.remove('b')).outcome).toBe('removed');
    expect(await store.has('b')).toBe(false);
  });
});

describe('S3: the local server', () => {
  test('killed after acknowledged creates it has them all when it is back, at the same address', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ashiato-s3-killed-'));
    const first = await startS3({ dir });
    const own = { credentials: { accessKeyId: first.accessKeyId, secretAccessKey: first.secretAccessKey } };
    const url = `s3://killed-test?endpoint=${first.endpoint}`;
    await ensureBucket(url, own);
    const before = openObjectStore(url, own);
    const keys = Array.from({ length: 40 }, (_, index) => `a/${index}`);
    await Promise.all(
      keys.map(key => before.create(key, bytesFor(key, 50_000), { retainUntil: inAnHour() })),
    );
    process.kill(first.pid, 'SIGKILL');
    await first.stop();
    const second = await startS3({ dir });
    expect(second.endpoint).toBe(first.endpoint);
    const after = openObjectStore(url, own);
    for (const key of keys) {
      expect((await onceBack(() => after.get(key)))?.bytes).toEqual(bytesFor(key, 50_000));
      expect((await after.remove(key)).outcome).toBe('refused');
    }
    await second.stop();
    await rm(dir, { recursive: true, force: true });
  });
});

/** A server just started answers, but its volumes report in one by one: until then a read is told to try again. */
async function onceBack<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ObjectsError && error.code === 'UNREACHABLE')) throw error;
      await pause(100);
    }
  }
}
