// SPDX-License-Identifier: Apache-2.0
export { ensureBucket } from './ensure-bucket.ts';
export { ObjectsError, type ObjectsErrorCode } from './errors.ts';
export type {
  Created,
  ListedObject,
  ObjectStore,
  ObjectVersion,
  Removed,
  Retention,
  StoredObject,
} from './object-store.ts';
export { type ObjectStoreOptions, openObjectStore } from './open-object-store.ts';
