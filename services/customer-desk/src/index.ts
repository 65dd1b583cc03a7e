// SPDX-License-Identifier: Apache-2.0
export { deskKeys } from './config.ts';
export { type DeskSettings, deskPart, passwordFile } from './desk-part.ts';
