// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareSegment, strayRows } from './compare.ts';
import { insertSegment, readySegment } from './insert-segment.ts';
import { openWarehouse, type Warehouse } from './open-warehouse.ts';
import { rebuild } from './rebuild.ts';
import { accessEvent, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

/** Over every stored column of every row, whatever their order. */
async function content(warehouse: Warehouse): Promise<unknown> {
  const result = await warehouse.client.query({
    query: `SELECT count() AS rows, toString(sum(cityHash64(*))) AS hash FROM records UNION ALL
      SELECT count(), toString(sum(cityHash64(* EXCEPT projected_at))) FROM segments FINAL`,
    format: 'JSONEachRow',
  });
  return (await result.json()).map(row => JSON.stringify(row)).sort();
}

test('dropped and rebuilt, ClickHouse holds equal content', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  for (const partition of [0, 1, 0]) {
    const messages = [0, 1, 2].map(i => accessEvent(`${partition}-${i}`, { sequence: i }));
    const segment = await commit([...messages, 'no json'], { partition });
    await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
  }
  const before = await content(warehouse);
  const progress: number[] = [];
  const totals = await rebuild({
    warehouse,
    ledger,
    streams: ['access', 'context', 'control'],
    onProgress: ({ records }) => progress.push(records),
  });
  expect(totals).toEqual({ segments: 3, records: 12 });
  expect(progress).toEqual([4, 8, 12]);
  expect(await content(warehouse)).toEqual(before);
  await warehouse.client.command({
    query: `ALTER TABLE records UPDATE purpose = 'marketing' WHERE offset = 2 AND partition = 1`,
    clickhouse_settings: { mutations_sync: '1' },
  });
  expect(await content(warehouse)).not.toEqual(before);
});

test('a ClickHouse that never held anything is rebuilt just so', async () => {
  const { url, password } = bench;
  const warehouse = openWarehouse({ url, password, database: 'never_made' });
  const { ledger, commit } = bench.newLedger();
  const segment = await commit([accessEvent('e-1')]);
  expect(await rebuild({ warehouse, ledger, streams: ['access'] })).toEqual({ segments: 1, records: 1 });
  expect(await compareSegment(warehouse, segment)).toEqual({ mismatch: null, missing: [], surplus: [] });
  await warehouse.close();
});

test('comparison names the first changed value, missing rows, rows twice and rows of nobody', async () => {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const segment = await commit([0, 1, 2, 3].map(i => accessEvent(`e-${i}`)));
  await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
  const change = (query: string) =>
    warehouse.client.command({
      query,
      clickhouse_settings: { mutations_sync: '1', insert_deduplicate: 0, lightweight_deletes_sync: '2' },
    });
  await change(`ALTER TABLE records UPDATE actor = 'E-other' WHERE offset >= 2`);
  expect(await compareSegment(warehouse, segment)).toMatchObject({
    mismatch: { id: 'access.0.2', column: 'actor' },
    missing: [],
    surplus: [],
  });
  await change('DELETE FROM records WHERE offset = 1');
  await change('INSERT INTO records SELECT * FROM records WHERE offset = 0');
  await change(`INSERT INTO records SELECT * REPLACE (77 AS segment_from, 500 AS offset)
    FROM (SELECT * FROM records WHERE offset = 3)`);
  expect(await compareSegment(warehouse, segment)).toMatchObject({
    mismatch: { id: 'access.0.2', column: 'actor' },
    missing: ['access.0.1'],
    surplus: ['access.0.0'],
  });
  expect(await strayRows(warehouse)).toEqual([{ stream: 'access', partition: 0, segment_from: 77, rows: 1 }]);
});
