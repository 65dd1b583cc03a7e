// SPDX-License-Identifier: Apache-2.0
// Every way rows come out.

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function selectsContract(tools: ContractTools): void {
  const { ch, table, raw, isRunning } = tools;
  describe('selects', () => {
    const query = `SELECT number AS n, toString(number) AS s FROM numbers(3)`;
    it('answers JSON with its figures', async () => {
      const json = await (await ch().query({ query, format: 'JSON' })).json<{ n: string }>();
      expect([json.rows, json.data[2], json.meta?.map(column => column.type)]).toEqual([
        3,
        { n: '2', s: '2' },
        ['UInt64', 'String'],
      ]);
    });
    it.each([
      ['JSONEachRow', '{"n":"0","s":"0"}\n{"n":"1","s":"1"}\n{"n":"2","s":"2"}\n'],
      ['JSONCompactEachRow', '["0", "0"]\n["1", "1"]\n["2", "2"]\n'],
      ['CSV', '0,"0"\n1,"1"\n2,"2"\n'],
      ['CSVWithNames', '"n","s"\n0,"0"\n1,"1"\n2,"2"\n'],
      ['TabSeparatedWithNames', 'n\ts\n0\t0\n1\t1\n2\t2\n'],
    ] as const)('answers %s to the byte', async (format, expected) => {
      const result = await ch().query({ query, format });
      expect(await result.text()).toBe(expected);
    });
    it.each(['CSVWithNames', 'TabSeparatedWithNamesAndTypes'] as const)(
      'sends the header of an empty %s',
      async format => {
        const result = await ch().query({ query: `${query} WHERE n > 5`, format });
        expect(await result.text()).toMatch(/^"?n"?[,\t]"?s"?\n/);
      },
    );
    it('sends one header for a long CSVWithNames', async () => {
      const result = await ch().query({
        query: 'SELECT number AS n FROM numbers(300000)',
        format: 'CSVWithNames',
      });
      const lines = (await result.text()).split('\n');
      expect([lines.length, lines.filter(line => line === '"n"').length]).toEqual([300_002, 1]);
    });
    it('streams 1,000,000 rows in pieces, in order', async () => {
      const result = await ch().query({
        query: 'SELECT number AS n FROM numbers(1000000)',
        format: 'JSONEachRow',
      });
      let count = 0;
      let ordered = true;
      for await (const piece of result.stream<{ n: string }>()) {
        for (const row of piece) ordered = Number(row.json().n) === count++ && ordered;
      }
      expect([count, ordered]).toEqual([1_000_000, true]);
    });
    it('answers an endless query before it ends, and stops it when the reader leaves', async () => {
      const abort = new AbortController();
      const queryId = randomUUID();
      const result = await ch().query({
        query: 'SELECT number FROM system.numbers',
        format: 'JSONEachRow',
        query_id: queryId,
        abort_signal: abort.signal,
      });
      const stream = result.stream();
      stream.on('error', () => undefined);
      for await (const piece of stream) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      abort.abort();
      await expect.poll(() => isRunning(queryId), { timeout: 20_000 }).toBe(false);
    });
    it('asks by GET, read only', async () => {
      const name = await table('n UInt64');
      const read = await raw(`query=${encodeURIComponent('SELECT 7')}`, { method: 'GET' });
      expect(await read.text()).toBe('7\n');
      const write = await raw(`query=${encodeURIComponent(`DROP TABLE ${name}`)}`, { method: 'GET' });
      expect(write.headers.get('x-clickhouse-exception-code')).toBe('164');
    });
    it('takes the statement in the body, in the address, or begun in one and ended in the other', async () => {
      expect(await (await raw('', { body: 'SELECT 1' })).text()).toBe('1\n');
      expect(await (await raw('query=SELECT%202')).text()).toBe('2\n');
      expect(await (await raw('query=SELECT', { body: '3' })).text()).toBe('3\n');
    });
    it('takes comments, a closing semicolon and a default format', async () => {
      const answer = await raw('default_format=JSONCompactEachRow', {
        body: "/* a ' */ SELECT 'x;y' -- ;\n;",
      });
      expect([await answer.text(), answer.headers.get('x-clickhouse-format')]).toEqual([
        '["x;y"]\n',
        'JSONCompactEachRow',
      ]);
    });
  });
}
