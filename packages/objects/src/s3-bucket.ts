// SPDX-License-Identifier: Apache-2.0
// One bucket and the one way to talk to it: retries, time limits and errors are settled here.
import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStoreOptions } from './open-object-store.ts';
import { s3Error } from './s3-errors.ts';
import type { S3Place } from './store-url.ts';

export interface S3Bucket {
  client: S3Client;
  name: string;
  /** Empty, or ends in a slash; put before every key. */
  prefix: string;
  /** Runs one or more requests; what they throw becomes an ObjectsError that says what was being done. */
  told<T>(doing: string, work: () => Promise<T>): Promise<T>;
}

export function openBucket(place: S3Place, credentials: ObjectStoreOptions['credentials']): S3Bucket {
  const client = new S3Client({
    region: place.region,
    forcePathStyle: place.forcePathStyle,
    ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    // The SDK waits and tries again at throttling, 5xx and broken connections, four times in all.
    retryMode: 'adaptive',
    maxAttempts: 4,
    // Parallel creates of one key were seen to take 12 s on SeaweedFS, so the time limit lies well above.
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  });
  const where = `s3://${place.bucket}${place.endpoint === undefined ? '' : ` (${place.endpoint})`}`;
  return {
    client,
    name: place.bucket,
    prefix: place.prefix,
    async told(doing, work) {
      try {
        return await work();
      } catch (cause) {
        throw s3Error(cause, doing, where);
      }
    },
  };
}
