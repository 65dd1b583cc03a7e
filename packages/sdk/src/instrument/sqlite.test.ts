// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { FieldMapError } from './field-map.ts';
import { type Scene, startTrail, TABLES, told } from './instrument.testing.ts';
import { type RecordedSqlite, recordedSqlite } from './sqlite.ts';

async function start(): Promise<{ scene: Scene; database: DatabaseSync; db: RecordedSqlite }> {
  const scene = await startTrail();
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  for (const text of TABLES) database.exec(text);
  return { scene, database, db: recordedSqlite(database, scene) };
}

test('one event per person, with the fields of the columns that were selected', async () => {
  const { scene, db } = await start();
  const rows = await scene.asStaff(() =>
    db.all('select number, name as n from customers where name <= ? order by number', 'B'),
  );
  expect(rows).toEqual([
    { number: '1001', n: 'A' },
    { number: '1002', n: 'B' },
  ]);
  const recorded = await scene.recorded();
  expect(told(recorded)).toEqual(['1001: basic.name', '1002: basic.name']);
  expect(recorded[0]!.data).toMatchObject({
    actor: { id: 'st-1' },
    operation: 'use',
    purpose: 'customer_contact',
    refs: { ticket: 'T-1' },
    part: { index: 1, of: 2 },
  });
});

test('get reads one row and records one person; a join finds the person in either table', async () => {
  const { scene, db } = await start();
  const row = await scene.asStaff(() =>
    db.get(
      'select c.menu, p.birth_date, c.customer_number from contracts c join customers p on p.number = c.customer_number order by c.id',
    ),
  );
  expect(row).toMatchObject({ menu: 'night', birth_date: '1990-01-01' });
  expect(told(await scene.recorded())).toEqual(['1001: customer.birth_date customer.contract_details']);
});

test('a row may be about two persons, and one side of a join about nobody', async () => {
  const { scene, db } = await start();
  await scene.asStaff(async () => {
    await db.all(
      `select a.number, b.number as other, a.name from customers a join customers b on b.number = '1003'
       where a.number = '1001'`,
    );
    await db.all(
      `select c.customer_number, p.number, p.name, c.menu from customers p left join contracts c
       on c.customer_number = p.number where p.number = '1003'`,
    );
  });
  expect(told(await scene.recorded())).toEqual([
    '1001: basic.name',
    '1003: basic.name',
    '1003: basic.name customer.contract_details',
  ]);
});

test('nobody found is an access to nobody; what is not personal is no access', async () => {
  const { scene, db } = await start();
  await scene.asStaff(async () => {
    expect(await db.get('select number, name from customers where number = ?', '9')).toBeUndefined();
    await db.all('select id, price from menus');
    await db.all('select count(*) as count from customers');
  });
  const recorded = await scene.recorded();
  expect(told(recorded)).toEqual(['nobody: basic.name']);
  expect(recorded[0]!.data).toMatchObject({ population: { count: 0 } });
});

test.each([
  ['a column that is not mapped', 'select number, fax from customers', 'customers.fax'],
  ['an expression that is not mapped', 'select number, lower(name) l from customers', 'the expression l'],
  ['rows that do not say whose they are', 'select name from customers', 'does not say whose it is'],
])('%s: refused, nothing released, nothing recorded', async (_what, text, reason) => {
  const { scene, db } = await start();
  const refused = scene.asStaff(() => db.all(text));
  await expect(refused).rejects.toThrow(FieldMapError);
  await expect(refused).rejects.toThrow(reason);
  expect(await scene.recorded()).toEqual([]);
});

test('rows are not released when the access cannot be recorded', async () => {
  const { scene, db } = await start();
  await scene.trail.close();
  await expect(scene.asStaff(() => db.all('select number, name from customers'))).rejects.toMatchObject({
    code: 'CLOSED',
  });
});

test('`what` says of a reading what it is: here, given to a network operator', async () => {
  const { scene, database } = await start();
  const recipient = { category: 'transmission_distribution_operator', id: 'tdso-tokyo', area: 'tokyo' };
  const given = recordedSqlite(database, { ...scene, what: { operation: 'provide', recipient } });
  await scene.asStaff(() => given.all('select number, name from customers where number = ?', '1003'));
  expect((await scene.recorded())[0]).toMatchObject({
    of: '1003',
    data: { operation: 'provide', recipient },
  });
});
