// SPDX-License-Identifier: Apache-2.0
export { type NotarySettings, notaryConfig, notaryKeys } from './config.ts';
export { notaryPart } from './notary-part.ts';
