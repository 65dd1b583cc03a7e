// SPDX-License-Identifier: Apache-2.0
// The create-only put, and how an outcome that nobody told us is found out.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ObjectsError } from './errors.ts';
import type { Created } from './object-store.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { isConflict, isInvalid, isTaken, isUnsure } from './s3-errors.ts';
import { historyOf, oldest } from './s3-versions.ts';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;
const MARK = 'ashiato-create';

export interface Creation {
  key: string;
  bytes: Uint8Array;
  retainUntil: Date | undefined;
  contentType: string | undefined;
}

/**
 * Puts with `If-None-Match: *`. Each create leaves a mark of its own in the object's metadata. So when a put
 * timed out, or a retry inside the SDK met the object of its own first try, the mark in the oldest version
 * tells exactly whether it was ours, even against a rival with the same bytes.
 */
export async function createObject(bucket: S3Bucket, creation: Creation): Promise<Created> {
  const mark = randomUUID();
  let last: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** attempt);
    try {
      const put = await bucket.client.send(putCommand(bucket, creation, mark));
      return { outcome: 'created', versionId: put.VersionId ?? 'null' };
    } catch (error) {
      if (creation.retainUntil !== undefined && isInvalid(error)) throw lockMissing(error);
      if (!isTaken(error) && !isConflict(error) && !isUnsure(error)) throw error;
      last = error;
    }
    const standing = await whoseIsIt(bucket, creation.key, mark, last);
    if (standing !== undefined) return standing;
  }
  throw new ObjectsError(
    'UNSURE',
    `creating ${creation.key}: tried ${ATTEMPTS} times, never answered and absent so far; read the key before anything else`,
    last,
  );
}

/** Bucket and date are all that a retained put adds, and the date was checked. */
function lockMissing(cause: unknown): ObjectsError {
  return new ObjectsError(
    'BUCKET',
    'the store refused a retention; use a bucket made with Object Lock',
    cause,
  );
}

/** Undefined where no version is there (yet). */
async function whoseIsIt(
  bucket: S3Bucket,
  key: string,
  mark: string,
  cause: unknown,
): Promise<Created | undefined> {
  try {
    const history = await historyOf(bucket, key);
    if (history === undefined) return undefined;
    const { versionId } = oldest(history);
    const head = await bucket.client.send(
      new HeadObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + key, VersionId: versionId }),
    );
    return { outcome: head.Metadata?.[MARK] === mark ? 'created' : 'exists', versionId };
  } catch (error) {
    if (!isUnsure(error) || !isUnsure(cause)) throw error;
    throw new ObjectsError(
      'UNSURE',
      `creating ${key}: no answer to the put (${String(cause)}) nor to the look after it; is the endpoint up? read the key before anything else`,
      cause,
    );
  }
}

function putCommand(bucket: S3Bucket, { key, bytes, retainUntil, contentType }: Creation, mark: string) {
  return new PutObjectCommand({
    Bucket: bucket.name,
    Key: bucket.prefix + key,
    Body: bytes,
    IfNoneMatch: '*',
    Metadata: { [MARK]: mark },
    ContentType: contentType ?? 'application/octet-stream',
    ...(retainUntil === undefined
      ? {}
      : { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: retainUntil }),
  });
}
