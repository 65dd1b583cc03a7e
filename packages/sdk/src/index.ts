// SPDX-License-Identifier: Apache-2.0
export type { AccessRecord, Vocabulary } from './access-record.ts';
export type { Destination } from './destination.ts';
export { TrailError, type TrailErrorCode } from './errors.ts';
export { createTrail, type Recorded, type Trail, type TrailOptions, type TrailStatus } from './trail.ts';
