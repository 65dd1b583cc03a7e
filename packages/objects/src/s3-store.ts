// SPDX-License-Identifier: Apache-2.0
// Objects in an S3 bucket with versioning and Object Lock, in compliance mode: nobody can shorten a retention.
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { absent, assertKey, assertPrefix, retentionDate, shorterRetention } from './object-key.ts';
import type { ListedObject, ObjectStore, ObjectVersion, StoredObject } from './object-store.ts';
import type { ObjectStoreOptions } from './open-object-store.ts';
import { openBucket, type S3Bucket } from './s3-bucket.ts';
import { createObject } from './s3-create.ts';
import { isAbsent, isRefused } from './s3-errors.ts';
import { removeObject, retentionOf, versionAt } from './s3-remove.ts';
import { historyOf, keyHistories, oldest } from './s3-versions.ts';
import type { S3Place } from './store-url.ts';

export function createS3Store(settings: {
  place: S3Place;
  credentials: ObjectStoreOptions['credentials'];
}): ObjectStore {
  const bucket = openBucket(settings.place, settings.credentials);
  const { told } = bucket;
  return {
    create: (key, bytes, options) =>
      told(`creating ${key}`, async () => {
        const retainUntil = options?.retainUntil && retentionDate(options.retainUntil);
        return createObject(bucket, {
          key: assertKey(key),
          bytes,
          retainUntil,
          contentType: options?.contentType,
        });
      }),
    get: key => told(`reading ${key}`, () => read(bucket, assertKey(key))),
    has: key =>
      told(`looking for ${key}`, async () => (await historyOf(bucket, assertKey(key))) !== undefined),
    list: (prefix, options) => list(bucket, prefix, options?.after),
    versions: prefix => versions(bucket, prefix),
    retention: key =>
      told(`reading the retention of ${key}`, async () =>
        retentionOf(bucket, key, await oldestVersion(bucket, assertKey(key))),
      ),
    extendRetention: (key, until) =>
      told(`retaining ${key}`, () => extendRetention(bucket, assertKey(key), retentionDate(until))),
    setLegalHold: (key, on) => told(`holding ${key}`, () => setLegalHold(bucket, assertKey(key), on)),
    remove: key => told(`removing ${key}`, () => removeObject(bucket, assertKey(key))),
    ping: () => told('asking for an answer', () => ping(bucket)),
    close: async () => bucket.client.destroy(),
  };
}

async function read(bucket: S3Bucket, key: string): Promise<StoredObject | undefined> {
  const history = await historyOf(bucket, key);
  if (history === undefined) return undefined;
  const { versionId } = oldest(history);
  try {
    const found = await bucket.client.send(new GetObjectCommand(versionAt(bucket, key, versionId)));
    return { bytes: (await found.Body?.transformToByteArray()) ?? new Uint8Array(), versionId };
  } catch (error) {
    if (isAbsent(error)) return undefined; // removed between the two requests
    throw error;
  }
}

async function* list(bucket: S3Bucket, prefix: string, after?: string): AsyncIterable<ListedObject> {
  for await (const history of told(bucket, prefix, after)) {
    if (history.versions.length > 0) yield { key: history.key, size: oldest(history).size };
  }
}

async function* versions(bucket: S3Bucket, prefix: string): AsyncIterable<ObjectVersion> {
  for await (const { key, versions, markers } of told(bucket, prefix)) {
    for (const [index, version] of versions.toReversed().entries()) {
      yield { key, ...version, isDeleteMarker: false, isOldest: index === 0 };
    }
    for (const marker of markers.toReversed())
      yield { key, ...marker, isDeleteMarker: true, isOldest: false };
  }
}

/** The histories, with what goes wrong on the way told as our own error. */
async function* told(bucket: S3Bucket, prefix: string, after?: string) {
  const histories = keyHistories(bucket, assertPrefix(prefix), after)[Symbol.asyncIterator]();
  for (;;) {
    const step = await bucket.told(`listing ${prefix}`, () => histories.next());
    if (step.done) return;
    yield step.value;
  }
}

async function oldestVersion(bucket: S3Bucket, key: string): Promise<string> {
  const history = await historyOf(bucket, key);
  if (history === undefined) throw absent(key);
  return oldest(history).versionId;
}

async function extendRetention(bucket: S3Bucket, key: string, until: Date): Promise<void> {
  const versionId = await oldestVersion(bucket, key);
  const { retainUntil } = await retentionOf(bucket, key, versionId);
  if (retainUntil !== null && until < retainUntil) throw shorterRetention(key, retainUntil, until);
  const Retention = { Mode: 'COMPLIANCE' as const, RetainUntilDate: until };
  try {
    await bucket.client.send(
      new PutObjectRetentionCommand({ ...versionAt(bucket, key, versionId), Retention }),
    );
  } catch (error) {
    // Somebody may have set a longer one since we looked; the store has the last word.
    const now = await retentionOf(bucket, key, versionId);
    if (isRefused(error) && now.retainUntil !== null && until < now.retainUntil) {
      throw shorterRetention(key, now.retainUntil, until);
    }
    throw error;
  }
}

async function setLegalHold(bucket: S3Bucket, key: string, on: boolean): Promise<void> {
  const LegalHold = { Status: on ? ('ON' as const) : ('OFF' as const) };
  const versionId = await oldestVersion(bucket, key);
  await bucket.client.send(
    new PutObjectLegalHoldCommand({ ...versionAt(bucket, key, versionId), LegalHold }),
  );
}

async function ping(bucket: S3Bucket): Promise<void> {
  await bucket.client.send(
    new ListObjectVersionsCommand({ Bucket: bucket.name, MaxKeys: 1, Prefix: bucket.prefix }),
  );
}
