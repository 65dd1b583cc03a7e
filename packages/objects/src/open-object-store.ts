// SPDX-License-Identifier: Apache-2.0
import { createFolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { createS3Store } from './s3-store.ts';
import { parseStoreUrl } from './store-url.ts';

export interface ObjectStoreOptions {
  /** For S3. Without them the AWS SDK's default chain looks (environment, profile, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/**
 * A store by its URL: `file:./path`, or
 * `s3://bucket[/prefix]?endpoint=http://127.0.0.1:8333&region=us-east-1&forcePathStyle=true`
 * (region defaults to us-east-1; path style is the default where an endpoint is given).
 * Does no I/O on S3 yet; a folder is made if absent and temporary files of dead writers are cleaned.
 *
 * @throws ObjectsError `URL` for a URL it cannot read, `READ_ONLY` or `FAILED` for a folder it cannot use.
 */
export function openObjectStore(url: string, options: ObjectStoreOptions = {}): ObjectStore {
  const place = parseStoreUrl(url);
  return place.kind === 'folder'
    ? createFolderStore({ path: place.path })
    : createS3Store({ place, credentials: options.credentials });
}
