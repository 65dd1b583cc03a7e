// SPDX-License-Identifier: Apache-2.0
// node-postgres, Kysely and Drizzle, each over a real PostgreSQL.
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { Kysely, PostgresDialect } from 'kysely';
import type { PoolClient, QueryConfig, QueryResult } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FieldMapError } from './field-map.ts';
import { startTrail, told } from './instrument.testing.ts';
import { recordedPool } from './pg.ts';
import { type Postgres, startPostgres } from './postgres.testing.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function start() {
  const scene = await startTrail();
  return { scene, pool: recordedPool(postgres.pool, scene) };
}

test('pg: fields come from the columns themselves, through aliases, views within and subqueries', async () => {
  const { scene, pool } = await start();
  await scene.asStaff(async () => {
    const { rows } = await pool.query('select number as id, name as label from customers where number = $1', [
      '1001',
    ]);
    expect(rows).toEqual([{ id: '1001', label: 'A' }]);
    await pool.query({
      text: 'with c as (select * from contracts) select menu, customer_number from c where id = $1',
      values: ['C-2'],
      rowMode: 'array',
    });
  });
  expect(told(await scene.recorded())).toEqual(['1001: basic.name', '1002: customer.contract_details']);
});

test('pg: a client of the pool, a transaction, returning, a callback', async () => {
  const { scene, pool } = await start();
  await scene.asStaff(async () => {
    const client: PoolClient = await pool.connect();
    try {
      await client.query('begin');
      await client.query(
        "update customers set birth_date = '2000-01-01' where number = '1003' returning number, birth_date",
      );
      await client.query('rollback');
    } finally {
      client.release();
    }
    const answer = await new Promise<QueryResult>((resolve, reject) =>
      pool.query('select number, name from customers where number = $1', ['1002'], (error, result) =>
        error ? reject(error) : resolve(result),
      ),
    );
    expect(answer.rows).toHaveLength(1);
  });
  expect(told(await scene.recorded())).toEqual(['1002: basic.name', '1003: customer.birth_date']);
});

test('pg: what the map does not know is refused, also in a transaction, and nothing is recorded', async () => {
  const { scene, pool } = await start();
  await scene.asStaff(async () => {
    await expect(pool.query('select number, fax from customers')).rejects.toThrow(FieldMapError);
    await expect(pool.query('select name from customers union select menu from contracts')).rejects.toThrow(
      'the expression name',
    );
    expect(() => pool.query({ submit: () => undefined } as unknown as QueryConfig)).toThrow('cursors');
    expect((await pool.query('select count(*) from customers')).rows[0].count).toBe('3');
    await expect(pool.query('select nothing from nowhere')).rejects.toMatchObject({ code: '42P01' });
  });
  expect(await scene.recorded()).toEqual([]);
});

interface Tables {
  customers: { number: string; name: string | null; birth_date: string | null };
  contracts: { id: string; customer_number: string; menu: string };
}

test('Kysely: what the query selects is what is recorded', async () => {
  const { scene, pool } = await start();
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  await scene.asStaff(async () => {
    const rows = await db
      .selectFrom('customers as p')
      .innerJoin('contracts as c', 'c.customer_number', 'p.number')
      .select(['p.number', 'p.name as label', 'c.menu'])
      .where('c.menu', '=', 'night')
      .orderBy('p.number')
      .execute();
    expect(rows.map(({ label }) => label)).toEqual(['A', 'B']);
    await db
      .transaction()
      .execute(tx =>
        tx.selectFrom('customers').select(['number', 'birth_date']).where('number', '=', '1003').execute(),
      );
  });
  expect(told(await scene.recorded())).toEqual([
    '1001: basic.name customer.contract_details',
    '1002: basic.name customer.contract_details',
    '1003: customer.birth_date',
  ]);
});

const customers = pgTable('customers', {
  number: text().primaryKey(),
  name: text(),
  birthDate: text('birth_date'),
});
const contracts = pgTable('contracts', {
  id: text().primaryKey(),
  customerNumber: text('customer_number'),
  menu: text(),
});

test('Drizzle: what the query selects is what is recorded', async () => {
  const { scene, pool } = await start();
  const db = drizzle({ client: pool });
  await scene.asStaff(async () => {
    const rows = await db
      .select({ whose: customers.number, menu: contracts.menu })
      .from(customers)
      .innerJoin(contracts, eq(contracts.customerNumber, customers.number))
      .where(eq(contracts.id, 'C-1'));
    expect(rows).toEqual([{ whose: '1001', menu: 'night' }]);
    await db.transaction(tx => tx.select().from(customers).where(eq(customers.number, '1002')));
    await expect(db.select({ name: customers.name }).from(customers)).rejects.toMatchObject({
      cause: { code: 'FIELD_MAP' },
    });
  });
  expect(told(await scene.recorded())).toEqual([
    '1001: customer.contract_details',
    '1002: basic.name customer.birth_date',
  ]);
});
