// SPDX-License-Identifier: Apache-2.0

/**
 * What a store could not do. Whether an object exists, or may be removed, is an outcome and no error.
 *
 * - `URL`, `KEY`, `RETENTION`: the caller asked for what cannot be (a malformed URL or key, a shorter retention)
 * - `ABSENT`: retention or hold of an object that is not there
 * - `CREDENTIALS`, `DENIED`, `UNREACHABLE`, `BUCKET`: the S3 side refuses, is silent, or is not fit for evidence
 * - `DISK_FULL`, `READ_ONLY`: the folder cannot be written
 * - `UNSURE`: a create whose outcome could not be learnt; read the key again before anything else
 * - `LISTING`: the store listed keys out of order, so a listing cannot be trusted
 * - `FAILED`: anything else; see `cause`
 */
export type ObjectsErrorCode =
  | 'URL'
  | 'KEY'
  | 'RETENTION'
  | 'ABSENT'
  | 'CREDENTIALS'
  | 'DENIED'
  | 'UNREACHABLE'
  | 'BUCKET'
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'UNSURE'
  | 'LISTING'
  | 'FAILED';

export class ObjectsError extends Error {
  readonly code: ObjectsErrorCode;

  constructor(code: ObjectsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ObjectsError';
    this.code = code;
  }
}
