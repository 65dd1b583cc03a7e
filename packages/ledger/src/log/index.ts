// SPDX-License-Identifier: Apache-2.0
export { type Gathered, type GatherProblem, gatherEntries } from './gather-entries.ts';
export { createLog, type Log } from './log.ts';
export { afterEntries, emptyHead, type LogHead, placeName } from './log-head.ts';
export { numberOf } from './numbered.ts';
