// SPDX-License-Identifier: Apache-2.0
// What S3 stores and the SDK say when something goes wrong, sorted into what we do about it.
import { ObjectsError } from './errors.ts';

const CREDENTIAL_NAMES = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'CredentialsProviderError',
]);

interface Told {
  name: string;
  status: number | undefined;
  message: string;
}

function told(error: unknown): Told {
  if (!(error instanceof Error)) return { name: 'unknown', status: undefined, message: String(error) };
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return {
    name: error.name,
    status: typeof status === 'number' ? status : undefined,
    message: error.message,
  };
}

/** 412: somebody's object is there already. */
export function isTaken(error: unknown): boolean {
  const { name, status } = told(error);
  return status === 412 || name === 'PreconditionFailed';
}

/** 409: another conditional put of the same key is under way, try again (S3 API, PutObject, If-None-Match). */
export function isConflict(error: unknown): boolean {
  const { name, status } = told(error);
  return status === 409 || name === 'ConditionalRequestConflict';
}

export function isMissingBucket(error: unknown): boolean {
  return told(error).name === 'NoSuchBucket';
}

export function isAbsent(error: unknown): boolean {
  const { name, status } = told(error);
  return status === 404 && name !== 'NoSuchBucket'; // a missing bucket is no missing object
}

/** A refused deletion or shortening: 403 on most stores, 400 InvalidRequest on some. */
export function isRefused(error: unknown): boolean {
  const { name, status } = told(error);
  return (status === 403 && !CREDENTIAL_NAMES.has(name)) || isInvalid(error);
}

export function isInvalid(error: unknown): boolean {
  const { name, status } = told(error);
  return status === 400 && name === 'InvalidRequest';
}

/** No answer at all, or one from a failing server: the request may have been carried out. */
export function isUnsure(error: unknown): boolean {
  const { name, status } = told(error);
  return name !== 'CredentialsProviderError' && (status === undefined || status >= 500);
}

/** @param where the endpoint and bucket, as the reader of the message knows them */
export function s3Error(cause: unknown, doing: string, where: string): ObjectsError {
  if (cause instanceof ObjectsError) return cause;
  const { name, status, message } = told(cause);
  const at = `${doing} at ${where}`;
  if (CREDENTIAL_NAMES.has(name) || status === 401) {
    return new ObjectsError('CREDENTIALS', `${at}: ${name}; check the access key and its secret`, cause);
  }
  if (isMissingBucket(cause)) {
    return new ObjectsError('BUCKET', `${at}: the bucket does not exist; make it with ensureBucket`, cause);
  }
  if (status === 403) {
    return new ObjectsError(
      'DENIED',
      `${at}: ${name}; these credentials or the bucket policy forbid it`,
      cause,
    );
  }
  if (isUnsure(cause)) {
    return new ObjectsError('UNREACHABLE', `${at}: ${message || name}; is the endpoint right and up?`, cause);
  }
  return new ObjectsError('FAILED', `${at}: ${name} (${status}) ${message}`, cause);
}
