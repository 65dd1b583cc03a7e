// SPDX-License-Identifier: Apache-2.0
export { type RecorderSettings, recorderConfig, recorderKeys } from './config.ts';
export { recorderParts } from './recorder-parts.ts';
