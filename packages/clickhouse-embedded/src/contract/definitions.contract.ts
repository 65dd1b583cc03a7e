// SPDX-License-Identifier: Apache-2.0
// Tables, views, mutations.

import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function definitionsContract(tools: ContractTools): void {
  const { ch, rows, value, command, table, codeOf } = tools;
  describe('definitions', () => {
    it('creates, alters, describes and drops', async () => {
      const name = await table('n UInt64, s String DEFAULT upper(toString(n))');
      await command(`ALTER TABLE ${name} ADD COLUMN extra LowCardinality(String) DEFAULT 'x' CODEC(ZSTD(1))`);
      await ch().insert({ table: name, values: [{ n: 5 }], format: 'JSONEachRow' });
      expect(await rows(`SELECT * FROM ${name}`)).toEqual([{ n: '5', s: '5', extra: 'x' }]);
      expect((await rows(`DESCRIBE TABLE ${name}`)).map(row => row.name)).toEqual(['n', 's', 'extra']);
      await command(`DROP TABLE ${name} SYNC`);
      expect(await codeOf(rows(`SELECT * FROM ${name}`))).toBe('60');
    });
    it('exchanges two tables at once', async () => {
      const [a, b] = [await table('n UInt64'), await table('n UInt64')];
      await ch().insert({ table: a, values: [{ n: 1 }], format: 'JSONEachRow' });
      await command(`EXCHANGE TABLES ${a} AND ${b}`);
      expect(await value(`SELECT count() FROM ${a}`)).toBe('0');
      expect(await value(`SELECT count() FROM ${b}`)).toBe('1');
    });
    it('fills a materialized view', async () => {
      const name = await table('n UInt64, v UInt64');
      await command(`CREATE MATERIALIZED VIEW ${name}_mv ENGINE = SummingMergeTree ORDER BY n
        AS SELECT n, sum(v) AS v FROM ${name} GROUP BY n`);
      await ch().insert({
        table: name,
        values: [
          { n: 1, v: 2 },
          { n: 1, v: 3 },
        ],
        format: 'JSONEachRow',
      });
      expect(await value(`SELECT sum(v) FROM ${name}_mv WHERE n = 1`)).toBe('5');
    });
    it('makes views, functions, projections, skip indexes, partitions and drops a partition', async () => {
      const name = await table(
        'n UInt64, day Date, INDEX i n TYPE bloom_filter GRANULARITY 1, PROJECTION p (SELECT day, count() GROUP BY day)',
        'ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY n',
      );
      await command(`CREATE VIEW ${name}_v AS SELECT n FROM ${name}`);
      const days = ['2026-01-05', '2026-02-05'];
      await ch().insert({ table: name, values: days.map((day, n) => ({ n, day })), format: 'JSONEachRow' });
      await command(`ALTER TABLE ${name} DROP PARTITION 202601`);
      await command(`OPTIMIZE TABLE ${name} FINAL`);
      expect(await value(`SELECT groupArray(n) FROM ${name}_v`)).toEqual(['1']);
    });
    it('deletes and updates by mutation', async () => {
      const name = await table('n UInt64, s String');
      await ch().insert({
        table: name,
        values: [
          { n: 1, s: 'a' },
          { n: 2, s: 'b' },
        ],
        format: 'JSONEachRow',
      });
      await command(`ALTER TABLE ${name} DELETE WHERE n = 1`, {
        clickhouse_settings: { mutations_sync: '2' },
      });
      await command(`ALTER TABLE ${name} UPDATE s = 'c' WHERE n = 2`, {
        clickhouse_settings: { mutations_sync: '2' },
      });
      expect(await rows(`SELECT * FROM ${name}`)).toEqual([{ n: '2', s: 'c' }]);
    });
  });
}
