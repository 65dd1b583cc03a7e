// SPDX-License-Identifier: Apache-2.0
// The README's program with an event in it; the program itself is run with those of all rooms.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createProjection, createReports, openWarehouse } from './index.ts';
import { accessEvent, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

test('an event committed while the projection runs is counted, as the README says', async () => {
  const { url, password } = bench;
  const { ledger, commit } = bench.newLedger();
  await commit([accessEvent('e-1')]);
  const stop = new AbortController();
  const warehouse = openWarehouse({ url, password });
  await warehouse.migrate();
  const projection = createProjection({ warehouse, ledger, streams: ['access', 'context', 'control'] });
  const running = projection.run(stop.signal);
  await vi.waitUntil(() => projection.status()[0]?.projected_to === 0, { timeout: 30_000 });
  const rows = await createReports(warehouse).usage({
    by: ['purpose', 'field'],
    from: '2026-05-01T00:00:00+09:00',
  });
  expect(rows.map(({ purpose, count }) => [purpose, count])).toEqual([
    ['billing', 1],
    ['billing', 1],
  ]);
  stop.abort();
  await running;
  await warehouse.close();
});
