// SPDX-License-Identifier: Apache-2.0
// Reads what a bucket really holds: every version and delete marker, grouped by key. All reading goes through
// here, because a plain GET or list shows the newest version and hides what lies under a delete marker.
import {
  type DeleteMarkerEntry,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion as S3Version,
} from '@aws-sdk/client-s3';
import { ObjectsError } from './errors.ts';
import { byBytes } from './object-key.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { createListingGuard } from './s3-listing-guard.ts';

export interface StoredVersion {
  versionId: string;
  size: number;
  lastModified: Date;
}

/** Both lists newest first, as S3 gives them. */
export interface KeyHistory {
  key: string;
  versions: StoredVersion[];
  markers: StoredVersion[];
}

/** The histories of keys that start with `prefix` and come after `after`, ascending by key. */
export async function* keyHistories(bucket: S3Bucket, prefix: string, after = ''): AsyncIterable<KeyHistory> {
  let open: KeyHistory | undefined; // may go on in the next page
  for await (const page of pages(bucket, prefix, after)) {
    for (const next of pageHistories(page, bucket.prefix)) {
      if (next.key <= after) continue;
      if (open?.key === next.key) {
        open.versions.push(...next.versions);
        open.markers.push(...next.markers);
        continue;
      }
      if (open !== undefined && next.key < open.key) throw disordered(open.key, next.key);
      if (open !== undefined) yield open;
      open = next;
    }
  }
  if (open !== undefined) yield open;
}

/** @returns undefined where the key never had a version; delete markers alone count as nothing. */
export async function historyOf(bucket: S3Bucket, key: string): Promise<KeyHistory | undefined> {
  for await (const history of keyHistories(bucket, key)) {
    return history.key === key && history.versions.length > 0 ? history : undefined;
  }
  return undefined;
}

export function oldest(history: KeyHistory): StoredVersion {
  const version = history.versions.at(-1);
  if (version === undefined) throw new ObjectsError('LISTING', `${history.key} has no version`);
  return version;
}

async function* pages(bucket: S3Bucket, prefix: string, after: string) {
  let keyMarker = after === '' ? undefined : bucket.prefix + after;
  let versionMarker: string | undefined;
  const guard = createListingGuard(bucket, bucket.prefix + prefix);
  if (keyMarker !== undefined) await guard.beforeStart(keyMarker);
  for (;;) {
    const page: ListObjectVersionsCommandOutput = await bucket.client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket.name,
        Prefix: bucket.prefix + prefix,
        KeyMarker: keyMarker,
        VersionIdMarker: versionMarker,
      }),
    );
    yield page;
    if (page.IsTruncated !== true) return;
    if (page.NextKeyMarker === undefined) {
      throw new ObjectsError('LISTING', 'the store cut a listing short and did not say where to go on');
    }
    await guard.beforeNextPage(page.NextKeyMarker);
    keyMarker = page.NextKeyMarker;
    versionMarker = page.NextVersionIdMarker;
  }
}

function pageHistories(page: ListObjectVersionsCommandOutput, prefix: string): KeyHistory[] {
  const byKey = new Map<string, KeyHistory>();
  const historyFor = (fullKey: string | undefined) => {
    const key = (fullKey ?? '').slice(prefix.length);
    const history = byKey.get(key) ?? { key, versions: [], markers: [] };
    byKey.set(key, history);
    return history;
  };
  for (const version of page.Versions ?? []) historyFor(version.Key).versions.push(stored(version));
  for (const marker of page.DeleteMarkers ?? []) historyFor(marker.Key).markers.push(stored(marker));
  return [...byKey.values()].sort((a, b) => byBytes(a.key, b.key));
}

function stored(entry: DeleteMarkerEntry & S3Version): StoredVersion {
  return {
    versionId: entry.VersionId ?? 'null', // what S3 calls the only version in a bucket without versioning
    size: entry.Size ?? 0,
    lastModified: entry.LastModified ?? new Date(0),
  };
}

function disordered(previous: string, next: string): ObjectsError {
  return new ObjectsError(
    'LISTING',
    `the store listed ${next} after ${previous}, expected ascending keys; list a narrower prefix`,
  );
}
