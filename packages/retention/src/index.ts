// SPDX-License-Identifier: Apache-2.0
export { type AppliedHolds, applyHolds } from './apply-holds.ts';
export { type DestructionRefusal, destroy } from './destroy.ts';
export { RetentionError, type RetentionErrorCode } from './errors.ts';
export { type Due, expire, findDue, readTombstones, sweep, type Tombstone } from './expire.ts';
export { type Hold, readHolds } from './holds.ts';
