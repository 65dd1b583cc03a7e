// SPDX-License-Identifier: Apache-2.0
// Every way rows go in, and that a failed insert leaves none.

import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function insertsContract(tools: ContractTools): void {
  const { ch, client, rows, value, command, table, codeOf } = tools;
  describe('inserts', () => {
    it('takes an array of rows', async () => {
      const name = await table('n UInt64, s String');
      const values = [
        { n: '1', s: 'a' },
        { n: '2', s: 'b\n\nc' },
      ];
      await ch().insert({ table: name, values, format: 'JSONEachRow' });
      expect(await rows(`SELECT * FROM ${name} ORDER BY n`)).toEqual(values);
    });
    it('takes a stream of objects', async () => {
      const name = await table('n UInt64');
      const values = Readable.from(Array.from({ length: 5000 }, (_, n) => ({ n })));
      await ch().insert({ table: name, values, format: 'JSONEachRow' });
      expect(await value(`SELECT sum(n) FROM ${name}`)).toBe(String((5000 * 4999) / 2));
    });
    it('takes JSONCompactEachRow', async () => {
      const name = await table('n UInt64, s String');
      await ch().insert({
        table: name,
        values: [
          [1, 'x'],
          [2, 'y'],
        ],
        format: 'JSONCompactEachRow',
      });
      expect(await value(`SELECT groupArray(s) FROM ${name}`)).toEqual(['x', 'y']);
    });
    it.each([
      ['CSV', '1,"a,b"\n2,"line\n\nbreak"\n', ['a,b', 'line\n\nbreak']],
      ['CSVWithNames', 's,n\n"q""q",1\n', ['q"q']],
      ['TabSeparated', '1\ta\\tb\n2\tc\\nd\n', ['a\tb', 'c\nd']],
      ['JSONEachRow', '{"n":1,"s":"x"}\n\n\n{"n":2,"s":"y"}\n', ['x', 'y']],
    ] as const)('takes a raw stream of %s, blank lines and all', async (format, text, expected) => {
      const name = await table('n UInt64, s String');
      const values = Readable.from([text], { objectMode: false });
      await (await ch().exec({ query: `INSERT INTO ${name} FORMAT ${format}`, values })).stream.toArray();
      expect(await value(`SELECT groupArray(s) FROM (SELECT * FROM ${name} ORDER BY n)`)).toEqual(expected);
    });
    it.each(['Native', 'RowBinary', 'Parquet', 'RowBinaryWithNamesAndTypes', 'Arrow'])(
      'carries %s out and in again without a changed byte',
      async format => {
        // 0x0a0a0a0a and newlines in strings: blank lines inside binary rows.
        const source = `SELECT number + 168430090 AS n, concat('\\n\\n', toString(number), '\\0\\n\\n') AS s FROM numbers(20000)`;
        const out = await ch().exec({ query: `${source} FORMAT ${format}` });
        const bytes = Buffer.concat(await out.stream.toArray());
        const name = await table('n UInt64, s String');
        const back = await ch().exec({
          query: `INSERT INTO ${name} FORMAT ${format}`,
          values: Readable.from(piecesOf(bytes, 70_001)),
        });
        await back.stream.toArray();
        const sums = (from: string): string =>
          `SELECT count() AS c, toString(sum(cityHash64(toUInt64(n), toString(s)))) AS h FROM ${from}`;
        expect(await rows(sums(name))).toEqual(await rows(sums(`(${source})`)));
      },
    );
    it('takes VALUES and other rows inside the statement', async () => {
      const name = await table('n UInt64, s String, a Array(UInt8)');
      await command(`INSERT INTO ${name} VALUES (1, 'a;b', [1,2]), (2, 'it''s \\'q\\'', [])`);
      await command(
        `INSERT INTO ${name} (n, s) FORMAT JSONEachRow {"n":3,"s":"x\\n\\ny"}\n\n{"n":4,"s":"z"}`,
      );
      await command(`INSERT INTO ${name} (n, s) SELECT 5, 'FORMAT' AS format`);
      expect(await value(`SELECT groupArray(s) FROM (SELECT * FROM ${name} ORDER BY n)`)).toEqual([
        'a;b',
        "it's 'q'",
        'x\n\ny',
        'z',
        'FORMAT',
      ]);
    });
    it('evaluates expressions in VALUES', async () => {
      const name = await table('n UInt64, s String');
      await command(`INSERT INTO ${name} VALUES (1 + 1, upper('a')), (toUInt64('7'), concat('b', 'c'))`);
      expect(await rows(`SELECT * FROM ${name} ORDER BY n`)).toEqual([
        { n: '2', s: 'A' },
        { n: '7', s: 'bc' },
      ]);
    });
    it('compresses both ways', async () => {
      const zipped = client({ compression: { request: true, response: true } });
      const name = await table('n UInt64, s String');
      const values = Array.from({ length: 3000 }, (_, n) => ({ n: String(n), s: 'same '.repeat(20) }));
      await zipped.insert({ table: name, values, format: 'JSONEachRow' });
      const result = await zipped.query({
        query: `SELECT * FROM ${name} ORDER BY n`,
        format: 'JSONEachRow',
      });
      expect(result.response_headers['content-encoding']).toBe('gzip');
      expect(await result.json()).toEqual(values);
    });
    it('takes 500,000 rows in one insert, whole', async () => {
      const name = await table('n UInt64, s String');
      const lines = (function* () {
        for (let n = 0; n < 500_000; n += 1000) {
          yield Array.from({ length: 1000 }, (_, i) => `${n + i}\tvalue ${n + i}\n`).join('');
        }
      })();
      await ch().insert({
        table: name,
        values: Readable.from(lines, { objectMode: false }),
        format: 'TabSeparated',
      });
      expect(await rows(`SELECT count() AS c, uniqExact(n) AS u, max(s) AS m FROM ${name}`)).toEqual([
        { c: '500000', u: '500000', m: 'value 99999' },
      ]);
    });
    it('keeps nothing of an insert that fails', async () => {
      const name = await table('n UInt64');
      const values = Readable.from(['1\n', '2\n', 'no number\n'], { objectMode: false });
      expect(await codeOf(ch().insert({ table: name, values, format: 'TabSeparated' }))).toMatch(
        /^(27|72|6)$/,
      );
      expect(await value(`SELECT count() FROM ${name}`)).toBe('0');
    });
    it('refuses an insert into no table before it reads the rows', async () => {
      expect(await codeOf(ch().insert({ table: 'no_such', values: [{ n: 1 }], format: 'JSONEachRow' }))).toBe(
        '60',
      );
    });
  });
}

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer, void, void> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
