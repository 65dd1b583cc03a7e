// SPDX-License-Identifier: Apache-2.0
import { ObjectsError } from './errors.ts';

const SQLITE_READONLY = 8;
const SQLITE_FULL = 13;

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

function hasSqliteCode(error: unknown, code: number): boolean {
  // Extended codes keep the primary one in the low byte: https://sqlite.org/rescode.html
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === code
  );
}

/** What the file system or SQLite said, as one of our codes, with what to do about it. */
export function folderError(cause: unknown, doing: string): ObjectsError {
  if (cause instanceof ObjectsError) return cause;
  if (hasCode(cause, 'ENOSPC', 'EDQUOT') || hasSqliteCode(cause, SQLITE_FULL)) {
    return new ObjectsError('DISK_FULL', `${doing}: no space left; free some or move the folder`, cause);
  }
  if (hasCode(cause, 'EROFS', 'EACCES', 'EPERM') || hasSqliteCode(cause, SQLITE_READONLY)) {
    return new ObjectsError(
      'READ_ONLY',
      `${doing}: this process may not write there; mount it writable or give its user the folder`,
      cause,
    );
  }
  if (hasCode(cause, 'ENOTDIR', 'EISDIR', 'EEXIST')) {
    return new ObjectsError(
      'KEY',
      `${doing}: the key is a path prefix of another key, or the reverse`,
      cause,
    );
  }
  return new ObjectsError('FAILED', `${doing}: ${cause instanceof Error ? cause.message : 'failed'}`, cause);
}
