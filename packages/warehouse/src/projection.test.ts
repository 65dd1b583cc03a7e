// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareSegment, strayRows } from './compare.ts';
import { insertSegment } from './insert-segment.ts';
import { accessEvent, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

test('a segment stands in ClickHouse as it was committed, every column', async () => {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const segment = await commit([
    accessEvent('e-1', { sequence: 1 }),
    accessEvent('e-2'),
    'not json',
    accessEvent('e-2'),
  ]);
  await insertSegment(warehouse.client, segment, { mayBeThere: false });
  expect(await compareSegment(warehouse, segment)).toEqual({ mismatch: null, missing: [], surplus: [] });
  expect(await strayRows(warehouse)).toEqual([]);
});
