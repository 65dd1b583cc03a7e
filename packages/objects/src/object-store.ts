// SPDX-License-Identifier: Apache-2.0
// The port: what the ledger, the log and the extracts may ask of a place that keeps objects.

/** `versionId` is the version that stands: the new one, or the one that was there before. Null in a folder. */
export interface Created {
  outcome: 'created' | 'exists';
  versionId: string | null;
}

export interface StoredObject {
  bytes: Uint8Array;
  versionId: string | null;
}

export interface ListedObject {
  key: string;
  /** In bytes, of the oldest version. */
  size: number;
}

/** One stored version or delete marker. Exactly one version of a key is `isOldest`: that one is the truth. */
export interface ObjectVersion {
  key: string;
  versionId: string | null;
  isDeleteMarker: boolean;
  isOldest: boolean;
  /** In bytes; 0 for a delete marker. */
  size: number;
  /** The store's clock; whole seconds on most S3 stores. */
  lastModified: Date;
}

export interface Retention {
  /** Until when the object cannot be removed; null where nobody asked for a retention. */
  retainUntil: Date | null;
  /** A hold has no end of its own: it protects until it is taken off. */
  legalHold: boolean;
}

export type Removed =
  | { outcome: 'removed' | 'absent' }
  | { outcome: 'refused'; retainUntil: Date | null; legalHold: boolean };

/**
 * Objects that are written once and never changed.
 *
 * A key is 1 to 512 characters of `a-z 0-9 . _ / -`, starts with a letter or digit, and no part between
 * slashes is empty or starts with a dot. Two things MUST NOT be, since stores differ there: a key that is a
 * path prefix of another (`a/b` and `a/b/c`), and beside a folder `a/` a name that begins with `a-` or `a.`.
 * On one key, create may be called by any number of processes at once.
 * Retention is kept to the second and rounded up.
 */
export interface ObjectStore {
  /**
   * Puts an object under a key that has none. When it resolves with `created` the bytes and the retention are
   * durable (fsync of file and directory, or 200 from S3); `exists` means another create won and its object is
   * durable. Of racing creates exactly one resolves with `created`. An object without `retainUntil` can be
   * removed. The bytes go up in one request: at most 5 GiB on S3, all of it in memory.
   *
   * @throws ObjectsError `UNSURE` when the outcome could not be learnt: read the key before trying again.
   */
  create(
    key: string,
    bytes: Uint8Array,
    options?: { retainUntil?: Date; contentType?: string },
  ): Promise<Created>;

  /** The oldest version, whatever was put or marked deleted over it; undefined where there never was one. */
  get(key: string): Promise<StoredObject | undefined>;

  /** Whether `get` would answer. */
  has(key: string): Promise<boolean>;

  /** Keys starting with `prefix`, ascending by byte order, each with its oldest version; only those after `after`. */
  list(prefix: string, options?: { after?: string }): AsyncIterable<ListedObject>;

  /**
   * Every version and delete marker under `prefix`: keys ascending; within a key the versions oldest first, then
   * its delete markers oldest first. A key with more than one entry has been tampered with or raced.
   */
  versions(prefix: string): AsyncIterable<ObjectVersion>;

  /** @throws ObjectsError `ABSENT` when there is no such object. */
  retention(key: string): Promise<Retention>;

  /**
   * Keeps the object until `until` at least; durable when resolved.
   * @throws ObjectsError `RETENTION` when that would be shorter than now, `ABSENT` when there is no such object.
   */
  extendRetention(key: string, until: Date): Promise<void>;

  /** Durable when resolved. @throws ObjectsError `ABSENT` when there is no such object. */
  setLegalHold(key: string, on: boolean): Promise<void>;

  /** Removes the object with all its versions, unless one is retained or held; never bypasses a lock. */
  remove(key: string): Promise<Removed>;

  /**
   * Resolves when the store answers now: a folder by writing and removing a temporary file, S3 by an
   * authenticated listing of the bucket (writing there would leave an object behind).
   * @throws ObjectsError saying why not.
   */
  ping(): Promise<void>;

  /** Lets go of connections and files. Nothing may be asked afterwards. */
  close(): Promise<void>;
}
