// SPDX-License-Identifier: Apache-2.0
import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Removed, Retention } from './object-store.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isAbsent, isRefused } from './s3-errors.ts';
import { historyOf } from './s3-versions.ts';

/**
 * Removes every version of a key, newest first, so that the oldest (the truth) goes last, and nothing at all
 * when one of them is retained or held. The store's own refusal has the last word.
 */
export async function removeObject(bucket: S3Bucket, key: string): Promise<Removed> {
  const history = await historyOf(bucket, key);
  if (history === undefined) return { outcome: 'absent' };
  for (const { versionId } of history.versions) {
    const kept = await retentionOf(bucket, key, versionId);
    if (isKept(kept)) return { outcome: 'refused', ...kept };
  }
  for (const { versionId } of [...history.markers, ...history.versions]) {
    try {
      await bucket.client.send(new DeleteObjectCommand(versionAt(bucket, key, versionId)));
    } catch (error) {
      if (!isRefused(error)) throw error;
      const kept = await retentionOf(bucket, key, versionId);
      if (!isKept(kept)) throw error; // refused for another reason: policy or permissions
      return { outcome: 'refused', ...kept };
    }
  }
  return { outcome: 'removed' };
}

function isKept({ retainUntil, legalHold }: Retention): boolean {
  return legalHold || (retainUntil !== null && retainUntil.getTime() > Date.now());
}

/** Of one version; HEAD tells retention and hold in one request. A version that is gone is not kept. */
export async function retentionOf(bucket: S3Bucket, key: string, versionId: string): Promise<Retention> {
  try {
    const head = await bucket.client.send(new HeadObjectCommand(versionAt(bucket, key, versionId)));
    return {
      retainUntil: head.ObjectLockRetainUntilDate ?? null,
      legalHold: head.ObjectLockLegalHoldStatus === 'ON',
    };
  } catch (error) {
    if (isAbsent(error)) return { retainUntil: null, legalHold: false };
    throw error;
  }
}

export function versionAt(bucket: S3Bucket, key: string, versionId: string) {
  return { Bucket: bucket.name, Key: bucket.prefix + key, VersionId: versionId };
}
