// SPDX-License-Identifier: Apache-2.0
// Ping, sign-in, ids and figures.

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function presenceContract(tools: ContractTools): void {
  const { ch, connection, client, table, codeOf } = tools;
  describe('being there', () => {
    it('answers a ping without and with a select', async () => {
      expect((await ch().ping()).success).toBe(true);
      expect((await ch().ping({ select: true })).success).toBe(true);
    });
    it('tells a ping with a wrong password apart', async () => {
      expect((await client({ password: 'wrong' }).ping({ select: true })).success).toBe(false);
    });
    it('refuses a wrong password and a wrong user with 516', async () => {
      expect(await codeOf(client({ password: 'wrong' }).query({ query: 'SELECT 1' }))).toBe('516');
      expect(await codeOf(client({ username: 'nobody' }).query({ query: 'SELECT 1' }))).toBe('516');
    });
    it('takes basic authentication', async () => {
      const { url, user, password } = connection();
      const basic = Buffer.from(`${user}:${password}`).toString('base64');
      const answer = await fetch(url, {
        method: 'POST',
        body: 'SELECT 1',
        headers: { Authorization: `Basic ${basic}` },
      });
      expect([answer.status, await answer.text()]).toEqual([200, '1\n']);
    });
    it('gives back the query id and the summary of an insert', async () => {
      const name = await table('n UInt64');
      const queryId = randomUUID();
      const result = await ch().insert({
        table: name,
        values: [{ n: 1 }, { n: 2 }],
        format: 'JSONEachRow',
        query_id: queryId,
      });
      expect(result.query_id).toBe(queryId);
      expect(result.summary?.written_rows).toBe('2');
    });
  });
}
