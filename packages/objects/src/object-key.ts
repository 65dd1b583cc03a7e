// SPDX-License-Identifier: Apache-2.0
// What a key and a retention date must be, the same for every store.
import { ObjectsError } from './errors.ts';

const MAX_KEY = 512;
const MAX_PART = 200; // file systems stop at 255 bytes
const PART = /^[a-z0-9_-][a-z0-9._-]*$/;

/** Returns the key. @throws ObjectsError `KEY` */
export function assertKey(key: string): string {
  const problem = keyProblem(key);
  if (problem === undefined) return key;
  throw new ObjectsError('KEY', `object key ${JSON.stringify(key.slice(0, 80))} ${problem}`);
}

function keyProblem(key: string): string | undefined {
  if (key.length === 0 || key.length > MAX_KEY)
    return `has ${key.length} characters, expected 1 to ${MAX_KEY}`;
  if (!/^[a-z0-9]/.test(key)) return 'must start with a lower-case letter or a digit';
  if (key.includes('..')) return 'must not contain two dots in a row';
  for (const part of key.split('/')) {
    if (part.length > MAX_PART)
      return `has a part of ${part.length} characters, expected at most ${MAX_PART}`;
    if (!PART.test(part)) {
      return 'must have only a-z 0-9 . _ - between slashes, no empty part, and no part starting with a dot';
    }
  }
  return undefined;
}

/** A prefix is the beginning of a key, perhaps empty, perhaps ending in a slash. @throws ObjectsError `KEY` */
export function assertPrefix(prefix: string): string {
  if (
    prefix.length <= MAX_KEY &&
    /^([a-z0-9][a-z0-9._/-]*)?$/.test(prefix) &&
    !/\/\/|\.\.|\/\./.test(prefix)
  ) {
    return prefix;
  }
  throw new ObjectsError(
    'KEY',
    `object key prefix ${JSON.stringify(prefix.slice(0, 80))} cannot begin any key`,
  );
}

/** Whole seconds, rounded up: what S3 keeps. @throws ObjectsError `RETENTION` for a date that is none or is past. */
export function retentionDate(until: Date): Date {
  const ms = Math.ceil(until.getTime() / 1000) * 1000;
  if (Number.isNaN(ms)) throw new ObjectsError('RETENTION', 'expected a retention date, got an invalid one');
  if (ms <= Date.now()) {
    throw new ObjectsError(
      'RETENTION',
      `expected a retention date in the future, got ${new Date(ms).toISOString()}`,
    );
  }
  return new Date(ms);
}

export function shorterRetention(key: string, kept: Date, asked: Date): ObjectsError {
  return new ObjectsError(
    'RETENTION',
    `${key} is retained until ${kept.toISOString()}; got ${asked.toISOString()}, and a retention is never shortened`,
  );
}

export function absent(key: string): ObjectsError {
  return new ObjectsError('ABSENT', `there is no object ${key}`);
}

/** Keys are ASCII, so comparing UTF-16 units is comparing bytes. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
