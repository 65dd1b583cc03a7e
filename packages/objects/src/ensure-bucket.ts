// SPDX-License-Identifier: Apache-2.0
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { ObjectsError } from './errors.ts';
import { createFolderStore } from './folder-store.ts';
import type { ObjectStoreOptions } from './open-object-store.ts';
import { openBucket, type S3Bucket } from './s3-bucket.ts';
import { isAbsent, isConflict, isMissingBucket } from './s3-errors.ts';
import { parseStoreUrl, type S3Place } from './store-url.ts';

/**
 * Makes the place of a store fit for evidence: a bucket with versioning and Object Lock (made if absent,
 * looked at if present), or a folder. Safe to call at every start and by several processes.
 *
 * @throws ObjectsError `BUCKET` when the bucket is there without versioning or without Object Lock.
 */
export async function ensureBucket(
  url: string,
  options: ObjectStoreOptions = {},
): Promise<'created' | 'present'> {
  const place = parseStoreUrl(url);
  if (place.kind === 'folder') {
    const store = createFolderStore({ path: place.path });
    await store.ping();
    await store.close();
    return 'present';
  }
  const bucket = openBucket(place, options.credentials);
  try {
    return await bucket.told('making sure of the bucket', () => createIfAbsent(bucket, place));
  } finally {
    bucket.client.destroy();
  }
}

async function createIfAbsent(bucket: S3Bucket, place: S3Place): Promise<'created' | 'present'> {
  try {
    await assertFit(bucket);
    return 'present';
  } catch (error) {
    if (!isMissingBucket(error)) throw error;
  }
  const made = await create(bucket, place);
  await assertFit(bucket);
  return made;
}

async function create(bucket: S3Bucket, place: S3Place): Promise<'created' | 'present'> {
  // Own endpoints have no locations, and AWS takes none for us-east-1.
  const elsewhere = place.endpoint === undefined && place.region !== 'us-east-1';
  const CreateBucketConfiguration = { LocationConstraint: place.region as BucketLocationConstraint };
  try {
    await bucket.client.send(
      new CreateBucketCommand({
        Bucket: bucket.name,
        ObjectLockEnabledForBucket: true,
        ...(elsewhere ? { CreateBucketConfiguration } : {}),
      }),
    );
    return 'created';
  } catch (error) {
    if (isConflict(error)) return 'present'; // another process was faster; the look that follows decides
    throw error;
  }
}

async function assertFit(bucket: S3Bucket): Promise<void> {
  const versioning = await bucket.client.send(new GetBucketVersioningCommand({ Bucket: bucket.name }));
  if (versioning.Status !== 'Enabled') throw unfit(bucket, `versioning ${versioning.Status ?? 'off'}`);
  const lock = await objectLock(bucket);
  if (lock !== 'Enabled') throw unfit(bucket, 'Object Lock off');
}

/** Stores answer 404 where a bucket has none. */
async function objectLock(bucket: S3Bucket): Promise<string | undefined> {
  try {
    const { client, name } = bucket;
    const answer = await client.send(new GetObjectLockConfigurationCommand({ Bucket: name }));
    return answer.ObjectLockConfiguration?.ObjectLockEnabled;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function unfit(bucket: S3Bucket, got: string): ObjectsError {
  return new ObjectsError(
    'BUCKET',
    `bucket ${bucket.name}: expected versioning and Object Lock, got ${got}; use a bucket made with both`,
  );
}
