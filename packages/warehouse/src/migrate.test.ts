// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouse } from './open-warehouse.ts';
import { openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

test('may run again, and from two processes at once', async () => {
  const { url, password } = bench;
  const two = [0, 1].map(() => openWarehouse({ url, password, database: 'migrated_twice' }));
  await Promise.all(two.map(warehouse => warehouse.migrate()));
  await two[0]!.migrate();
  const result = await two[0]!.client.query({
    query: 'SELECT name FROM migrations FINAL ORDER BY name',
    format: 'JSONEachRow',
  });
  expect(await result.json()).toEqual(
    ['001-segments', '002-records', '003-findings', '004-part-files'].map(name => ({ name: `${name}.sql` })),
  );
  for (const warehouse of two) await warehouse.close();
});

test('an applied migration with other text is refused, with the remedy', async () => {
  const warehouse = await bench.newWarehouse();
  await warehouse.client.command({
    query: `ALTER TABLE migrations UPDATE sha256 = repeat('0', 64) WHERE name = '001-segments.sql'`,
    clickhouse_settings: { mutations_sync: '1' },
  });
  await expect(warehouse.migrate()).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    message: expect.stringContaining('rebuild'),
  });
});

test('no answer, a wrong password and a bad database name are told apart', async () => {
  const { url, password } = bench;
  const deaf = openWarehouse({ url: 'http://127.0.0.1:9', password });
  await expect(deaf.ping()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await expect(deaf.migrate()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  const stranger = openWarehouse({ url, password: 'wrong' });
  await expect(stranger.migrate()).rejects.toMatchObject({ code: 'ENGINE' });
  const badName = openWarehouse({ url, password, database: 'a; DROP' });
  await expect(badName.migrate()).rejects.toThrow('database name');
  for (const warehouse of [deaf, stranger, badName]) await warehouse.close();
});
