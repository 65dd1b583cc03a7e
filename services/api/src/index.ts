// SPDX-License-Identifier: Apache-2.0
export { createApi } from './api.ts';
export type { ApiDeps, TrailRead } from './api-deps.ts';
export { createExtractJobs } from './extract-jobs.ts';
export { keepCompleteness } from './keep-completeness.ts';
export { PROBLEMS as API_PROBLEMS } from './problems.ts';
export { createReadRecorder } from './record-reads.ts';
export { createSentences } from './sentences.ts';
