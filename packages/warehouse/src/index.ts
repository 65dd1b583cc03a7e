// SPDX-License-Identifier: Apache-2.0

export { compareSegment, strayRows } from './compare.ts';
export { WarehouseError } from './errors.ts';
export { forgetBefore } from './forget.ts';
export type { ReadySegment } from './insert-segment.ts';
export { openWarehouse, type Warehouse } from './open-warehouse.ts';
export { createProjection, type Projection } from './projection.ts';
export { recordsParams } from './queries/records.ts';
export { usageParams } from './queries/usage.ts';
export { rebuild } from './rebuild.ts';
export { createReports, type Reports } from './reports.ts';
export {
  createSegmentRows,
  type DraftedEvent,
  readSegmentRows,
  type SegmentRows,
  type SegmentRowsDraft,
} from './segment-rows.ts';
