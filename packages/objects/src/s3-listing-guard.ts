// SPDX-License-Identifier: Apache-2.0
// Some stores walk folders by name instead of comparing whole keys, and lose keys where the two orders differ:
// beside a folder `a/`, the keys `a-b` and `a.b` come before it in bytes and after it by name. Such keys are
// forbidden (see ObjectStore), and here we look for them wherever a listing goes on from a marker, so that a
// listing is never silently short. SeaweedFS 4.48 loses them so.
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { ObjectsError } from './errors.ts';
import type { S3Bucket } from './s3-bucket.ts';

const BEFORE_SLASH = ['-', '.']; // the characters of keys that sort before a slash

/** Asks at most two small questions for each folder that a listing was cut inside of, once. */
export function createListingGuard(bucket: S3Bucket, prefix: string) {
  const asked = new Set<string>();

  async function assertNone(start: string, beside: string): Promise<void> {
    if (asked.has(start)) return;
    asked.add(start);
    const found = await bucket.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket.name, Prefix: start, MaxKeys: 1 }),
    );
    const key = found.Versions?.[0]?.Key ?? found.DeleteMarkers?.[0]?.Key;
    if (key === undefined) return;
    throw new ObjectsError(
      'LISTING',
      `${key} lies beside ${beside}, where stores lose keys from long listings; list a narrower prefix`,
    );
  }

  return {
    /** A page ended at this key: folders around it may hide siblings that sort before them. */
    async beforeNextPage(marker: string): Promise<void> {
      for (const folder of foldersBelow(prefix, marker)) {
        for (const character of BEFORE_SLASH) await assertNone(folder + character, `${folder}/`);
      }
    },
    /** A listing begins after this key: its siblings may be folders that sort after it. */
    async beforeStart(after: string): Promise<void> {
      for (const path of [...foldersBelow(prefix, after), after]) {
        const nameStart = path.lastIndexOf('/') + 1;
        for (let at = nameStart + 1; at < path.length; at++) {
          if (!BEFORE_SLASH.includes(path.charAt(at)) || at < prefix.length) continue;
          await assertNone(`${path.slice(0, at)}/`, path);
        }
      }
      await this.beforeNextPage(after);
    },
  };
}

/** `a/b/c` below `a/` gives `a/b`: the folders whose siblings the listing can reach. */
function foldersBelow(prefix: string, key: string): string[] {
  const folders: string[] = [];
  for (let at = key.indexOf('/', prefix.length); at !== -1; at = key.indexOf('/', at + 1)) {
    folders.push(key.slice(0, at));
  }
  return folders;
}
