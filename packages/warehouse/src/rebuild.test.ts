// SPDX-License-Identifier: Apache-2.0

import { writeStart } from '@ashiato/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareSegment, strayRows } from './compare.ts';
import { forgetBefore } from './forget.ts';
import { insertSegment, readySegment } from './insert-segment.ts';
import { openWarehouse, type Warehouse } from './open-warehouse.ts';
import { rebuild } from './rebuild.ts';
import { accessEvent, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

/** A checksum over every stored column of every row, whatever their order, of every table there is. */
async function content(warehouse: Warehouse): Promise<Record<string, string>> {
  const rows = async <T>(query: string) =>
    (await warehouse.client.query({ query, format: 'JSONEachRow' })).json<T>();
  const tables = await rows<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    // When this ClickHouse took a segment or a migration in is not of the trail; copies of one segment are one.
    const own = { segments: '* EXCEPT projected_at', migrations: '* EXCEPT applied_at' }[name] ?? '*';
    const final = name === 'segments' ? 'FINAL' : '';
    const [sum] = await rows(
      `SELECT count() AS rows, toString(sum(cityHash64(${own}))) AS hash FROM ${name} ${final}`,
    );
    sums[name] = JSON.stringify(sum);
  }
  return sums;
}

test('dropped and rebuilt, ClickHouse holds equal content', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  for (const partition of [0, 1, 0]) {
    const messages = [0, 1, 2].map(i => accessEvent(`${partition}-${i}`, { sequence: i }));
    const segment = await commit([...messages, 'no json'], { partition });
    await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
  }
  const fact = { specversion: '1.0', id: 'f-1', source: '/crm', time: '2026-05-31T23:00:00+09:00' };
  for (const [stream, kind, data] of [
    [
      'context',
      'incident',
      { id: 'i-1', valid_from: '2026-05-31T23:00:00+09:00', incident: 'I-1', area: 'tokyo' },
    ],
    ['control', 'recorder_started', { recorder: 'r-1', evaluator: 'e-1' }],
  ] as const) {
    const event = JSON.stringify({ ...fact, type: `io.ashiato.${stream}.${kind}.v1`, data });
    const segment = await commit([event], { stream });
    await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
  }
  const before = await content(warehouse);
  expect(Object.keys(before)).toEqual(expect.arrayContaining(['records', 'segments']));
  const progress: number[] = [];
  const totals = await rebuild({
    warehouse,
    ledger,
    streams: ['access', 'context', 'control'],
    onProgress: ({ records }) => progress.push(records),
  });
  expect(totals).toEqual({ segments: 5, records: 14 });
  expect(progress).toEqual([4, 8, 12, 13, 14]);
  expect(await content(warehouse)).toEqual(before);
  await warehouse.client.command({
    query: `ALTER TABLE records UPDATE purpose = 'marketing' WHERE offset = 2 AND partition = 1`,
    clickhouse_settings: { mutations_sync: '1' },
  });
  expect(await content(warehouse)).not.toEqual(before);
});

test('behind a start pointer the rest is equal too: what expired is forgotten here, and not made again there', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, objects, commit } = bench.newLedger();
  const segments = [];
  for (let i = 0; i < 4; i++) segments.push(await commit([0, 1].map(n => accessEvent(`${i}-${n}`))));
  await rebuild({ warehouse, ledger, streams: ['access'] });
  const whole = await content(warehouse);
  const start = { stream: 'access', partition: 0, from: 4, previous: segments[1]!.sha256, tombstone: 't-1' };
  await writeStart(objects, start, new Date(Date.now() + 60_000));
  await forgetBefore(warehouse, { stream: 'access', partition: 0, before: 4 });
  const left = await content(warehouse);
  expect(left.records).not.toEqual(whole.records);
  expect(await rebuild({ warehouse, ledger, streams: ['access'] })).toEqual({ segments: 2, records: 4 });
  expect(await content(warehouse)).toEqual(left);
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
