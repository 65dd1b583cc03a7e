// SPDX-License-Identifier: Apache-2.0
// Many at once, KILL QUERY, callers that leave.

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function concurrencyContract(tools: ContractTools): void {
  const { ch, rows, value, command, table, codeOf, isRunning } = tools;
  describe('many at once', () => {
    it('answers 16 queries in parallel', async () => {
      const all = Array.from({ length: 16 }, (_, n) =>
        value(`SELECT sum(number) + ${n} FROM numbers(1000000)`),
      );
      expect(await Promise.all(all)).toEqual(
        Array.from({ length: 16 }, (_, n) => String(499_999_500_000 + n)),
      );
    });
    it('inserts while a long query runs', async () => {
      const name = await table('n UInt64');
      const queryId = randomUUID();
      const long = codeOf(
        rows('SELECT sum(sleepEachRow(0.05)) FROM numbers(1000) SETTINGS max_block_size = 1', {
          query_id: queryId,
        }),
      );
      await expect.poll(() => isRunning(queryId), { timeout: 10_000, interval: 20 }).toBe(true);
      for (let n = 0; n < 20; n += 1)
        await ch().insert({ table: name, values: [{ n }], format: 'JSONEachRow' });
      expect(await value(`SELECT count() FROM ${name}`)).toBe('20');
      expect(await isRunning(queryId)).toBe(true);
      await command(`KILL QUERY WHERE query_id = '${queryId}' SYNC`);
      expect(await long).toBe('394');
    });
    it('stops a query whose caller went away', async () => {
      const abort = new AbortController();
      const queryId = randomUUID();
      const query = 'SELECT sum(sleepEachRow(0.05)) FROM numbers(10000) SETTINGS max_block_size = 1';
      const left = codeOf(rows(query, { query_id: queryId, abort_signal: abort.signal }));
      await expect.poll(() => isRunning(queryId), { timeout: 10_000, interval: 20 }).toBe(true);
      abort.abort();
      await left;
      await expect.poll(() => isRunning(queryId), { timeout: 20_000 }).toBe(false);
    });
    it('refuses an id that is running', async () => {
      const queryId = randomUUID();
      const first = value('SELECT sleep(1)', { query_id: queryId });
      await expect.poll(() => isRunning(queryId), { timeout: 10_000, interval: 20 }).toBe(true);
      expect(await codeOf(rows('SELECT 1', { query_id: queryId }))).toBe('216');
      expect(await first).toBe(0);
    });
  });
}
