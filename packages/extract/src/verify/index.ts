// SPDX-License-Identifier: Apache-2.0
// The verifier: pure, without Node, so that it runs at an auditor's desk and in a browser.
export { KINDS } from './extract-request.ts';
export { FAULTS, type Fault } from './fault.ts';
export type { Manifest } from './manifest.ts';
export { openExtract } from './members.ts';
export { type Verification, type VerifyOptions, verifyExtract } from './verify-extract.ts';
export type { ByteSource } from './zip-reader.ts';
