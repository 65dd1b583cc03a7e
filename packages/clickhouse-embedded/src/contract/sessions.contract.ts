// SPDX-License-Identifier: Apache-2.0
// What holds for one request, what for a session, what for none.

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function sessionsContract(tools: ContractTools): void {
  const { client, rows, value, command, codeOf, raw } = tools;
  describe('settings and sessions', () => {
    const threads = "SELECT value FROM system.settings WHERE name = 'max_threads'";
    it('holds a setting for one request', async () => {
      const before = await value(threads);
      expect(await value(threads, { clickhouse_settings: { max_threads: 3 } })).toBe('3');
      expect(await value(threads)).toBe(before);
    });
    it('keeps settings of parallel requests apart', async () => {
      const seen = await Promise.all(
        Array.from({ length: 12 }, (_, n) => value(threads, { clickhouse_settings: { max_threads: n + 1 } })),
      );
      expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => String(n + 1)));
    });
    it('refuses an unknown setting', async () => {
      expect(await codeOf(rows('SELECT 1', { clickhouse_settings: { no_such: 1 } }))).toBe('115');
    });
    it('keeps SET and temporary tables in a session, and only there', async () => {
      const session = client({ session_id: randomUUID() });
      await session.command({ query: 'CREATE TEMPORARY TABLE mine (n UInt64)' });
      await session.command({ query: 'SET max_threads = 5' });
      await session.insert({ table: 'mine', values: [{ n: 1 }], format: 'JSONEachRow' });
      const other = { clickhouse_settings: { max_threads: 2 }, format: 'JSONEachRow' } as const;
      expect(await (await session.query({ query: threads, ...other })).json()).toEqual([{ value: '2' }]);
      const after = await session.query({ query: threads, format: 'JSONEachRow' });
      expect(await after.json()).toEqual([{ value: '5' }]);
      const mine = await session.query({ query: 'SELECT * FROM mine', format: 'JSONEachRow' });
      expect(await mine.json()).toEqual([{ n: '1' }]);
      expect(await codeOf(rows('SELECT * FROM mine'))).toBe('60');
    });
    it('refuses two requests at once in one session, and a session that must exist', async () => {
      const id = randomUUID();
      const slow = raw(`session_id=${id}`, { body: 'SELECT sleep(2)' });
      const codes = async (): Promise<string | null> =>
        (await raw(`session_id=${id}`, { body: 'SELECT 1' })).headers.get('x-clickhouse-exception-code');
      await expect.poll(codes, { timeout: 2000, interval: 20 }).toBe('373');
      expect((await slow).status).toBe(200);
      const unknown = await raw(`session_id=${randomUUID()}&session_check=1`, { body: 'SELECT 1' });
      expect(unknown.headers.get('x-clickhouse-exception-code')).toBe('372');
    });
    it('is read only when told so', async () => {
      const readonly = { clickhouse_settings: { readonly: '1' } };
      expect(await value('SELECT 1', readonly)).toBe(1);
      expect(await codeOf(command('CREATE TABLE never (n UInt8) ENGINE = Memory', readonly))).toBe('164');
      expect(await codeOf(command('SET readonly = 0', readonly))).toBe('164');
    });
  });
}
