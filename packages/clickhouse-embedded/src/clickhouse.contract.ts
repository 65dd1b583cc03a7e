// SPDX-License-Identifier: Apache-2.0
// What every ClickHouse behind this project's warehouse must do, asked through the unmodified client. Runs
// against the embedded front and against a real server; what differs is declared in DIFFERENCES, with reasons.

import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  createClient,
  TupleParam,
} from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface ContractTarget {
  name: string;
  kind: 'embedded' | 'server';
  /** Called once, before the checks. */
  connection(): { url: string; user: string; password: string };
}

/** Where the embedded engine is not a server. Each line is held by a check below, so none outlives its cause. */
export const DIFFERENCES = {
  queryIdInProcesses:
    'the engine gives its own query_id; ours is in Settings[log_comment] of system.processes',
  valuesExpressions: 'none at present',
  hostFunctions: 'file() is refused even inside a folder a server would allow',
} as const;

// The default of this one differs between versions; the warehouse sets it too.
const QUOTED = { output_format_json_quote_64bit_integers: 1 } as const;
const DEDUPLICATED = 'ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100';

/** Registers the suite with vitest. Makes one database of its own and drops it at the end. */
export function clickHouseContract(target: ContractTarget): void {
  describe(`ClickHouse contract: ${target.name}`, () => {
    const database = `contract_${randomBytes(6).toString('hex')}`;
    let ch: ClickHouseClient;
    const clients: ClickHouseClient[] = [];
    const client = (more: ClickHouseClientConfigOptions = {}): ClickHouseClient => {
      const { url, user, password } = target.connection();
      const made = createClient({
        url,
        username: user,
        password,
        database,
        request_timeout: 120_000,
        clickhouse_settings: QUOTED,
        ...more,
      });
      clients.push(made);
      return made;
    };
    const rows = async <R = Record<string, unknown>>(query: string, more: object = {}): Promise<R[]> =>
      (await ch.query({ query, format: 'JSONEachRow', ...more })).json<R>();
    const value = async (query: string, more: object = {}): Promise<unknown> =>
      Object.values((await rows(query, more))[0]!)[0];
    const command = (query: string, more: object = {}): Promise<unknown> => ch.command({ query, ...more });
    const table = async (columns: string, engine = 'ENGINE = MergeTree ORDER BY n'): Promise<string> => {
      const name = `t_${randomBytes(6).toString('hex')}`;
      await command(`CREATE TABLE ${name} (${columns}) ${engine}`);
      return name;
    };
    const codeOf = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'no error',
        (error: { code?: string }) => String(error.code ?? error),
      );
    const raw = (query: string, init: RequestInit = {}): Promise<Response> => {
      const { url, user, password } = target.connection();
      const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password, ...init.headers };
      return fetch(`${url}/?database=${database}&${query}`, { method: 'POST', ...init, headers });
    };

    beforeAll(async () => {
      await client({ database: 'default' }).command({ query: `CREATE DATABASE ${database} ENGINE = Atomic` });
      ch = client();
    });
    afterAll(async () => {
      await command(`DROP DATABASE ${database} SYNC`);
      await Promise.all(clients.map(each => each.close()));
    });

    describe('being there', () => {
      it('answers a ping without and with a select', async () => {
        expect((await ch.ping()).success).toBe(true);
        expect((await ch.ping({ select: true })).success).toBe(true);
      });
      it('tells a ping with a wrong password apart', async () => {
        expect((await client({ password: 'wrong' }).ping({ select: true })).success).toBe(false);
      });
      it('refuses a wrong password and a wrong user with 516', async () => {
        expect(await codeOf(client({ password: 'wrong' }).query({ query: 'SELECT 1' }))).toBe('516');
        expect(await codeOf(client({ username: 'nobody' }).query({ query: 'SELECT 1' }))).toBe('516');
      });
      it('takes basic authentication', async () => {
        const { url, user, password } = target.connection();
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
        const result = await ch.insert({
          table: name,
          values: [{ n: 1 }, { n: 2 }],
          format: 'JSONEachRow',
          query_id: queryId,
        });
        expect(result.query_id).toBe(queryId);
        expect(result.summary?.written_rows).toBe('2');
      });
    });

    describe('definitions', () => {
      it('creates, alters, describes and drops', async () => {
        const name = await table('n UInt64, s String DEFAULT upper(toString(n))');
        await command(
          `ALTER TABLE ${name} ADD COLUMN extra LowCardinality(String) DEFAULT 'x' CODEC(ZSTD(1))`,
        );
        await ch.insert({ table: name, values: [{ n: 5 }], format: 'JSONEachRow' });
        expect(await rows(`SELECT * FROM ${name}`)).toEqual([{ n: '5', s: '5', extra: 'x' }]);
        expect((await rows(`DESCRIBE TABLE ${name}`)).map(row => row.name)).toEqual(['n', 's', 'extra']);
        await command(`DROP TABLE ${name} SYNC`);
        expect(await codeOf(rows(`SELECT * FROM ${name}`))).toBe('60');
      });
      it('exchanges two tables at once', async () => {
        const [a, b] = [await table('n UInt64'), await table('n UInt64')];
        await ch.insert({ table: a, values: [{ n: 1 }], format: 'JSONEachRow' });
        await command(`EXCHANGE TABLES ${a} AND ${b}`);
        expect(await value(`SELECT count() FROM ${a}`)).toBe('0');
        expect(await value(`SELECT count() FROM ${b}`)).toBe('1');
      });
      it('fills a materialized view', async () => {
        const name = await table('n UInt64, v UInt64');
        await command(`CREATE MATERIALIZED VIEW ${name}_mv ENGINE = SummingMergeTree ORDER BY n
          AS SELECT n, sum(v) AS v FROM ${name} GROUP BY n`);
        await ch.insert({
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
        await ch.insert({ table: name, values: days.map((day, n) => ({ n, day })), format: 'JSONEachRow' });
        await command(`ALTER TABLE ${name} DROP PARTITION 202601`);
        await command(`OPTIMIZE TABLE ${name} FINAL`);
        expect(await value(`SELECT groupArray(n) FROM ${name}_v`)).toEqual(['1']);
      });
      it('deletes and updates by mutation', async () => {
        const name = await table('n UInt64, s String');
        await ch.insert({
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

    describe('inserts', () => {
      it('takes an array of rows', async () => {
        const name = await table('n UInt64, s String');
        const values = [
          { n: '1', s: 'a' },
          { n: '2', s: 'b\n\nc' },
        ];
        await ch.insert({ table: name, values, format: 'JSONEachRow' });
        expect(await rows(`SELECT * FROM ${name} ORDER BY n`)).toEqual(values);
      });
      it('takes a stream of objects', async () => {
        const name = await table('n UInt64');
        const values = Readable.from(Array.from({ length: 5000 }, (_, n) => ({ n })));
        await ch.insert({ table: name, values, format: 'JSONEachRow' });
        expect(await value(`SELECT sum(n) FROM ${name}`)).toBe(String((5000 * 4999) / 2));
      });
      it('takes JSONCompactEachRow', async () => {
        const name = await table('n UInt64, s String');
        await ch.insert({
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
        await (await ch.exec({ query: `INSERT INTO ${name} FORMAT ${format}`, values })).stream.toArray();
        expect(await value(`SELECT groupArray(s) FROM (SELECT * FROM ${name} ORDER BY n)`)).toEqual(expected);
      });
      it.each(['Native', 'RowBinary', 'Parquet', 'RowBinaryWithNamesAndTypes', 'Arrow'])(
        'carries %s out and in again without a changed byte',
        async format => {
          // 0x0a0a0a0a and newlines in strings: blank lines inside binary rows.
          const source = `SELECT number + 168430090 AS n, concat('\\n\\n', toString(number), '\\0\\n\\n') AS s FROM numbers(20000)`;
          const out = await ch.exec({ query: `${source} FORMAT ${format}` });
          const bytes = Buffer.concat(await out.stream.toArray());
          const name = await table('n UInt64, s String');
          const back = await ch.exec({
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
        await ch.insert({
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
        expect(await codeOf(ch.insert({ table: name, values, format: 'TabSeparated' }))).toMatch(
          /^(27|72|6)$/,
        );
        expect(await value(`SELECT count() FROM ${name}`)).toBe('0');
      });
      it('refuses an insert into no table before it reads the rows', async () => {
        expect(await codeOf(ch.insert({ table: 'no_such', values: [{ n: 1 }], format: 'JSONEachRow' }))).toBe(
          '60',
        );
      });
    });

    describe('deduplication', () => {
      const insert = (name: string, n: number, token?: string, format = 'JSONEachRow'): Promise<unknown> =>
        ch.insert({
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
          await ch.insert({
            table: name,
            values: [{ n }],
            format: 'JSONEachRow',
            clickhouse_settings: settings,
          });
        }
        expect(await value(`SELECT sum(c) FROM ${name}_mv`)).toBe('1');
      });
    });

    describe('selects', () => {
      const query = `SELECT number AS n, toString(number) AS s FROM numbers(3)`;
      it('answers JSON with its figures', async () => {
        const json = await (await ch.query({ query, format: 'JSON' })).json<{ n: string }>();
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
        const result = await ch.query({ query, format });
        expect(await result.text()).toBe(expected);
      });
      it.each(['CSVWithNames', 'TabSeparatedWithNamesAndTypes'] as const)(
        'sends the header of an empty %s',
        async format => {
          const result = await ch.query({ query: `${query} WHERE n > 5`, format });
          expect(await result.text()).toMatch(/^"?n"?[,\t]"?s"?\n/);
        },
      );
      it('sends one header for a long CSVWithNames', async () => {
        const result = await ch.query({
          query: 'SELECT number AS n FROM numbers(300000)',
          format: 'CSVWithNames',
        });
        const lines = (await result.text()).split('\n');
        expect([lines.length, lines.filter(line => line === '"n"').length]).toEqual([300_002, 1]);
      });
      it('streams 1,000,000 rows in pieces, in order', async () => {
        const result = await ch.query({
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
        const result = await ch.query({
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

    describe('parameters', () => {
      it.each<[string, unknown, unknown]>([
        ['UInt64', '18446744073709551615', '18446744073709551615'],
        ['Int8', -5, -5],
        ['Float64', 1.5, 1.5],
        ['Bool', true, true],
        [
          'String',
          `it's "q" \\ / \n\n\t\r 足跡 🐾 ; -- /* {x:String}`,
          `it's "q" \\ / \n\n\t\r 足跡 🐾 ; -- /* {x:String}`,
        ],
        ['String', 'nul\0inside', 'nul\0inside'],
        ['String', '', ''],
        ['Date', '2026-11-23', '2026-11-23'],
        ["DateTime64(3, 'UTC')", new Date('2026-11-23T08:30:00.123Z'), '2026-11-23 08:30:00.123'],
        ['Array(String)', ['a', "b'c", 'd\ne'], ['a', "b'c", 'd\ne']],
        ['Array(Array(UInt32))', [[1, 2], []], [[1, 2], []]],
        ['Map(String, UInt32)', { a: 1, "b'": 2 }, { a: 1, "b'": 2 }],
        ['Nullable(String)', null, null],
        ['Nullable(UInt32)', 3, 3],
        ['UUID', '7d444840-9dc0-11d1-b245-5ffdce74fad2', '7d444840-9dc0-11d1-b245-5ffdce74fad2'],
        ['Decimal(18, 4)', '12.3400', 12.34],
        ['Tuple(String, UInt8)', new TupleParam(['x', 1]), ['x', 1]],
      ])('binds %s %j', async (type, given, expected) => {
        const got = await value(`SELECT {v:${type}} AS v`, { query_params: { v: given } });
        expect(type.startsWith('Tuple') ? Object.values(got as object) : got).toEqual(expected);
      });
      it('binds an identifier and parameters too long for an address', async () => {
        const name = await table('n UInt64');
        expect(await value('SELECT count() FROM {t:Identifier}', { query_params: { t: name } })).toBe('0');
        const values = Array.from({ length: 20_000 }, (_, n) => `value-${n}`);
        expect(await value('SELECT length({v:Array(String)})', { query_params: { v: values } })).toBe(
          '20000',
        );
      });
      it('refuses a missing and an ill-typed parameter', async () => {
        expect(await codeOf(rows('SELECT {v:UInt8}'))).toBe('456');
        expect(await codeOf(rows('SELECT {v:UInt8}', { query_params: { v: 'x' } }))).toMatch(
          /^(457|72|27|6)$/,
        );
      });
    });

    describe('settings and sessions', () => {
      const threads = "SELECT value FROM system.settings WHERE name = 'max_threads'";
      it('holds a setting for one request', async () => {
        const before = await value(threads);
        expect(await value(threads, { clickhouse_settings: { max_threads: 3 } })).toBe('3');
        expect(await value(threads)).toBe(before);
      });
      it('keeps settings of parallel requests apart', async () => {
        const seen = await Promise.all(
          Array.from({ length: 12 }, (_, n) =>
            value(threads, { clickhouse_settings: { max_threads: n + 1 } }),
          ),
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
        const result = await ch.query({ query, format: 'JSONEachRow' });
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
          await ch.insert({ table: name, values: [{ n }], format: 'JSONEachRow' });
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

    async function isRunning(queryId: string): Promise<boolean> {
      const column = target.kind === 'embedded' ? "Settings['log_comment']" : 'query_id';
      return (await value(`SELECT count() > 0 FROM system.processes WHERE ${column} = '${queryId}'`)) === 1;
    }
  });
}

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer, void, void> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
