// SPDX-License-Identifier: Apache-2.0
export { addCheckpoint, type WitnessDeps } from './add-checkpoint.ts';
export { openSeenHeads } from './seen-heads.ts';
export { createWitnessServer } from './witness-part.ts';
