// SPDX-License-Identifier: Apache-2.0
export { buildVerifyPage } from './build/build-page.ts';
export { createExtract, type ExtractDeps } from './build/create-extract.ts';
export { ExtractError, type ExtractErrorCode } from './build/errors.ts';
export { type ExtractAsk, extractAsk, requestOf } from './build/extract-ask.ts';
export { openFileSource } from './build/file-source.ts';
