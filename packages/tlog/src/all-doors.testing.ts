// SPDX-License-Identifier: Apache-2.0
// What a page would bundle that uses all of the library.
export * from './index.ts';
export * from './note/index.ts';
export * from './proof/index.ts';
export * from './tiles/index.ts';
