// SPDX-License-Identifier: Apache-2.0
export { type Completeness, createCompleteness, SETTLE_MS } from './completeness.ts';
export { type NoAccessRefusal, noAccessRefusal } from './no-access.ts';
export { type PartitionReading, readPartition, type TrailStore } from './read-partition.ts';
export { completenessStatement, type StatementFacts } from './statement.ts';
