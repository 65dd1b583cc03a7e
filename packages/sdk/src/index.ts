// SPDX-License-Identifier: Apache-2.0
export type { Destination } from './destination.ts';
export { PolicyViolationError, TrailError, type TrailErrorCode } from './errors.ts';
export type { Mode, Notice, TrailOptions } from './options.ts';
export type { Recorded } from './record-access.ts';
export { createTrail, type Trail, type TrailStatus } from './trail.ts';
export type { Access, AccessRecord, ActorContext, Allowed } from './words.ts';
