// SPDX-License-Identifier: Apache-2.0
// Numbers of refusals, limits, errors after the first rows.

import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function errorsContract(tools: ContractTools): void {
  const { ch, rows, value, command, codeOf, raw } = tools;
  describe('errors and limits', () => {
    it('numbers its errors: 60, 62, 47, 46', async () => {
      expect(await codeOf(rows('SELECT * FROM no_such'))).toBe('60');
      expect(await codeOf(rows('SELEC 1'))).toBe('62');
      expect(await codeOf(rows('SELECT nothing'))).toBe('47');
      expect(await codeOf(rows('SELECT no_such_function(1)'))).toBe('46');
    });
    it('refuses two statements in one request', async () => {
      expect(await codeOf(command('SELECT 1; SELECT 2'))).toBe('62');
    });
    it('ends a query at max_execution_time with 159', async () => {
      const query = 'SELECT sleepEachRow(0.1) FROM numbers(1000) SETTINGS max_block_size = 1';
      expect(await codeOf(rows(query, { clickhouse_settings: { max_execution_time: 1 } }))).toBe('159');
    });
    it('ends a query at max_memory_usage with 241', async () => {
      const query = 'SELECT groupArray(toString(number)) FROM numbers(10000000)';
      expect(await codeOf(rows(query, { clickhouse_settings: { max_memory_usage: '20000000' } }))).toBe(
        '241',
      );
    });
    it('tells of an error after the first rows', async () => {
      const query = 'SELECT throwIf(number = 3000000, $$late$$) FROM numbers(5000000)';
      const result = await ch().query({ query, format: 'JSONEachRow' });
      expect(result.response_headers['x-clickhouse-exception-tag']).toMatch(/^\w+$/);
      const reading = (async () => {
        for await (const _ of result.stream());
      })();
      expect(await codeOf(reading)).toBe('395');
    });
    it('refuses a damaged gzip body and goes on', async () => {
      const answer = await raw('query=SELECT', {
        body: 'not gzip',
        headers: { 'Content-Encoding': 'gzip' },
      });
      expect(answer.ok).toBe(false);
      expect(await value('SELECT 1')).toBe(1);
    });
  });
}
