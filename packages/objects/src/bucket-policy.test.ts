// SPDX-License-Identifier: Apache-2.0
// What infra/s3/bucket-policy.json enforces on the local S3 server, and what infra/s3/README.md says it does not.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3 } from '@ashiato/infra-local';
import {
  CopyObjectCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ensureBucket, type ObjectStore, openObjectStore } from './index.ts';

const bytes = new TextEncoder().encode('evidence');
const denied = { $metadata: expect.objectContaining({ httpStatusCode: 403 }) };
let dir: string;
let s3: Awaited<ReturnType<typeof startS3>>;
let admin: S3Client;
let writer: S3Client;
let store: ObjectStore;
let bucket: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ashiato-s3-policy-'));
  s3 = await startS3({ dir });
  admin = clientFor(s3);
  writer = clientFor(s3.writer);
});
afterAll(async () => {
  await s3?.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  bucket = `policy-${Date.now()}`;
  const url = `s3://${bucket}?endpoint=${s3.endpoint}`;
  await ensureBucket(url, { credentials: s3 });
  store = openObjectStore(url, { credentials: s3.writer });
});

function clientFor({
  accessKeyId,
  secretAccessKey,
}: {
  accessKeyId: string;
  secretAccessKey: string;
}): S3Client {
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint: s3.endpoint, region: s3.region, forcePathStyle: true, credentials });
}

async function applyPolicy(without: string[]): Promise<void> {
  const file = new URL('../../../infra/s3/bucket-policy.json', import.meta.url);
  const policy = JSON.parse((await readFile(file, 'utf8')).replaceAll('BUCKET', bucket));
  policy.Statement = policy.Statement.filter(({ Sid }: { Sid: string }) => !without.includes(Sid));
  await admin.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
}

const PREFIXES = [
  'segments/access/00000/1',
  'policies/p/1.json',
  'starts/access/00000/1.json',
  'log/tile/0/000',
];

test.each(PREFIXES)('without the policy a delete marker is set on %s', async key => {
  await store.create(key, bytes);
  await expect(writer.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))).resolves.toBeDefined();
});

test.each(PREFIXES)('with it %s is created once and never deleted', async key => {
  await applyPolicy(['NothingIsPutTwice']);
  const { outcome, versionId } = await store.create(key, bytes, {
    retainUntil: new Date(Date.now() + 2_000),
  });
  expect(outcome).toBe('created');
  const at = { Bucket: bucket, Key: key };
  await expect(writer.send(new DeleteObjectCommand(at))).rejects.toMatchObject(denied);
  await vi.waitFor(
    async () => expect((await store.retention(key)).retainUntil?.getTime()).toBeLessThan(Date.now()),
    { timeout: 20_000, interval: 200 },
  );
  const version = { ...at, VersionId: versionId ?? '' };
  await expect(writer.send(new DeleteObjectCommand(version))).rejects.toMatchObject(denied);
  await expect(store.remove(key)).rejects.toMatchObject({ name: 'ObjectsError', code: 'DENIED' });
  const bulk = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: key }] } });
  expect((await writer.send(bulk)).Errors?.map(({ Code }) => Code)).toEqual(['AccessDenied']);
  expect((await store.get(key))?.bytes).toEqual(bytes);
});

test('side objects stay removable under it', async () => {
  await applyPolicy(['NothingIsPutTwice']);
  await store.create('keys/k1', bytes);
  expect((await store.remove('keys/k1')).outcome).toBe('removed');
});

test('the writer can neither turn versioning off nor take the policy away', async () => {
  await applyPolicy(['NothingIsPutTwice']);
  const off = new PutBucketVersioningCommand({
    Bucket: bucket,
    VersioningConfiguration: { Status: 'Suspended' },
  });
  await expect(writer.send(off)).rejects.toMatchObject(denied);
  await expect(admin.send(off)).rejects.toMatchObject(denied);
  await expect(writer.send(new DeleteBucketPolicyCommand({ Bucket: bucket }))).rejects.toMatchObject(denied);
});

test('the put statement is more than this server understands: it refuses conditional puts too', async () => {
  await store.create('segments/before', bytes);
  await applyPolicy([]);
  const plain = new PutObjectCommand({ Bucket: bucket, Key: 'segments/plain', Body: bytes });
  await expect(writer.send(plain)).rejects.toMatchObject(denied);
  const copy = new CopyObjectCommand({
    Bucket: bucket,
    Key: 'segments/copy',
    CopySource: `${bucket}/segments/before`,
  });
  await expect(writer.send(copy)).rejects.toMatchObject(denied);
  await expect(store.create('segments/conditional', bytes)).rejects.toMatchObject({ code: 'DENIED' });
});

test('without the put statement a second version can be put, and the first stays the answer', async () => {
  await applyPolicy(['NothingIsPutTwice']);
  await store.create('segments/a', bytes);
  await writer.send(new PutObjectCommand({ Bucket: bucket, Key: 'segments/a', Body: 'forged' }));
  expect((await store.get('segments/a'))?.bytes).toEqual(bytes);
});
