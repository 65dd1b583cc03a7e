// SPDX-License-Identifier: Apache-2.0
// What is generated from a version for those who write events. A door of its own.
export { jsonSchemaOf } from './json-schema.ts';
export { typescriptOf } from './typescript.ts';
export { vocabularyOf } from './vocabulary.ts';
