// SPDX-License-Identifier: Apache-2.0
// Tokens: what they drop, and that they end with their request.

import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

const DEDUPLICATED = 'ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100';

export function deduplicationContract(tools: ContractTools): void {
  const { ch, value, command, table } = tools;
  describe('deduplication', () => {
    const insert = (name: string, n: number, token?: string, format = 'JSONEachRow'): Promise<unknown> =>
      ch().insert({
        table: name,
        values: format === 'JSONEachRow' ? [{ n }] : Readable.from([`${n}\n`], { objectMode: false }),
        format: format as 'JSONEachRow',
        ...(token === undefined ? {} : { clickhouse_settings: { insert_deduplication_token: token } }),
      });
    it('drops the second insert of a token, in every format', async () => {
      const name = await table('n UInt64', DEDUPLICATED);
      for (const [n, format] of [
        [1, 'JSONEachRow'],
        [2, 'CSV'],
        [3, 'TabSeparated'],
      ] as const) {
        await insert(name, n, `token-${n}`, format);
        await insert(name, n + 10, `token-${n}`, format);
      }
      expect(await value(`SELECT groupArray(n) FROM (SELECT * FROM ${name} ORDER BY n)`)).toEqual([
        '1',
        '2',
        '3',
      ]);
    });
    it('leaks no token into the next insert', async () => {
      const name = await table('n UInt64', DEDUPLICATED);
      await insert(name, 1, 'once');
      await insert(name, 2);
      await insert(name, 3);
      expect(await value(`SELECT count() FROM ${name}`)).toBe('3');
    });
    it('carries the token through a materialized view', async () => {
      const name = await table('n UInt64', DEDUPLICATED);
      await command(`CREATE MATERIALIZED VIEW ${name}_mv ENGINE = SummingMergeTree ORDER BY k
        SETTINGS non_replicated_deduplication_window = 100 AS SELECT 1 AS k, count() AS c FROM ${name}`);
      const settings = {
        insert_deduplication_token: 'a',
        deduplicate_blocks_in_dependent_materialized_views: 1,
      } as const;
      for (const n of [1, 2]) {
        await ch().insert({
          table: name,
          values: [{ n }],
          format: 'JSONEachRow',
          clickhouse_settings: settings,
        });
      }
      expect(await value(`SELECT sum(c) FROM ${name}_mv`)).toBe('1');
    });
  });
}
