// SPDX-License-Identifier: Apache-2.0
export { s3ForTests } from './s3-for-tests.ts';
export { type LocalS3, startS3 } from './seaweedfs.ts';
