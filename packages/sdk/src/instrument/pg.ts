// SPDX-License-Identifier: Apache-2.0
// node-postgres, and what stands on it (Kysely, Drizzle): PostgreSQL says which column of which table each column of a
// result comes from, through aliases, joins and subqueries.
import type { ClientBase, FieldDef, Pool, QueryArrayResult, QueryResult } from 'pg';
import { FieldMapError, type ResultColumn } from './field-map.ts';
import { type Instrument, release, seenIn } from './release-rows.ts';

type Queryable = Pick<ClientBase, 'query'>;
type Result = QueryResult | QueryArrayResult;

/**
 * The pool, but that `query()`, also of the clients it gives out, resolves once the access to the rows is recorded.
 * The caller ends it. What is written is not derived: say it with `trail.access`. Cursors and streams are refused.
 */
export function recordedPool<P extends Pool>(pool: P, instrument: Instrument): P {
  const tables = createTables();
  const query = (on: Queryable) => recordedQuery(on, instrument, tables);
  const client = <C extends ClientBase>(on: C): C => overridden(on, { query: query(on) });
  return overridden(pool, {
    query: query(pool),
    connect(done?: (error: Error | undefined, client: unknown, release: unknown) => void) {
      if (done === undefined) return pool.connect().then(client);
      return pool.connect((error, on, letGo) => done(error, on && client(on), letGo));
    },
  });
}

/** `target` with some methods replaced; the others run on `target` itself. */
function overridden<T extends object>(target: T, methods: Record<string, unknown>): T {
  return new Proxy(target, {
    get(_, name) {
      if (typeof name === 'string' && Object.hasOwn(methods, name)) return methods[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function recordedQuery(on: Queryable, instrument: Instrument, tables: Tables) {
  const run = async (words: unknown[]): Promise<unknown> => {
    const answer: unknown = await Reflect.apply(on.query, on, words);
    // Several statements in one text give several results.
    for (const result of [answer].flat() as Result[]) await releaseResult(result, on);
    return answer;
  };
  async function releaseResult(result: Result, on: Queryable): Promise<void> {
    if (result.fields === undefined || result.fields.length === 0) return;
    const columns = await tables.columnsOf(result.fields, on);
    const rows: unknown[] = result.rows;
    const seen = seenIn(instrument.map, columns, rows, (row, index) =>
      Array.isArray(row) ? row[index] : (row as Record<string, unknown>)[columns[index]!.name],
    );
    await release(instrument, seen, rows);
  }
  return (...words: unknown[]): unknown => {
    const callback = typeof words.at(-1) === 'function' ? (words.pop() as Callback) : undefined;
    if (typeof words[0] === 'object' && words[0] !== null && 'submit' in words[0]) {
      throw new FieldMapError('cursors and streams are not recorded; read the rows with query()');
    }
    const ran = run(words);
    if (callback === undefined) return ran;
    ran.then(
      answer => callback(undefined, answer),
      (cause: Error) => callback(cause, undefined),
    );
    return undefined;
  };
}

type Callback = (error: Error | undefined, answer: unknown) => void;

interface Tables {
  columnsOf(fields: readonly FieldDef[], on: Queryable): Promise<ResultColumn[]>;
}

const COLUMNS = `
  select a.attrelid::int8 as table_id, a.attnum as column_id, n.nspname as schema, c.relname as table, a.attname as column
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where a.attrelid = any($1::oid[]) and a.attnum > 0`;

/** Names of tables and columns by their ids, asked for once; a table that is renamed needs a new wrapper. */
function createTables(): Tables {
  const known = new Map<string, ResultColumn>();
  const keyOf = (table: number, column: number) => `${table}.${column}`;
  return {
    async columnsOf(fields, on) {
      const missing = fields.filter(f => f.tableID !== 0 && !known.has(keyOf(f.tableID, f.columnID)));
      if (missing.length > 0) {
        const ids = [...new Set(missing.map(({ tableID }) => tableID))];
        const { rows } = await on.query<Record<string, string>>(COLUMNS, [ids]);
        for (const { table_id, column_id, schema, table, column } of rows) {
          const qualified = schema === 'public' ? table! : `${schema}.${table}`;
          known.set(keyOf(Number(table_id), Number(column_id)), { name: '', table: qualified, column });
        }
      }
      return fields.map(({ name, tableID, columnID }) => ({ ...known.get(keyOf(tableID, columnID)), name }));
    },
  };
}
