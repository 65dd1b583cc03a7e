// SPDX-License-Identifier: Apache-2.0
// The desk's own database. At first it is filled with made-up people.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { samplePeople } from './sample-people.ts';
import { hashPassword, SAMPLE_STAFF } from './staff.ts';

const TABLES = `
  create table if not exists customers (
    number text primary key, name text not null, address text not null, phone text not null, email text not null
  ) strict;
  create table if not exists contracts (
    id text primary key, customer_number text not null references customers, menu text not null, area text not null,
    supply_point_id text not null, wheeling_capacity text not null, current_limit text not null, meter text not null,
    status text not null, changed_on text not null
  ) strict;
  create index if not exists contracts_of_customer on contracts (customer_number);
  create table if not exists usages (
    contract_id text not null references contracts, month text not null, kwh integer not null,
    primary key (contract_id, month)
  ) strict;
  create table if not exists cases (
    id text primary key, kind text not null, customer_number text references customers, opened_by text not null,
    opened_at text not null, closed_at text
  ) strict;
  create table if not exists notes (
    id integer primary key, customer_number text not null references customers, case_id text references cases,
    written_by text not null, written_at text not null, text text not null
  ) strict;
  create table if not exists staff (id text primary key, org text not null, role text not null, password text not null) strict;`;

/**
 * Opens the database in `dir`, made and filled when absent. Members of staff are given `password`; where the database
 * is there already, they keep theirs. `now` decides which months the usage is for.
 */
export function openDatabase(dir: string, { password, now }: { password: string; now: Date }): DatabaseSync {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dir, 'desk.sqlite'));
  database.exec('pragma journal_mode = wal; pragma foreign_keys = on; pragma busy_timeout = 5000;');
  database.exec(`begin immediate; ${TABLES}`);
  if (database.prepare('select 1 from customers limit 1').get() === undefined) fill(database, password, now);
  database.exec('commit');
  return database;
}

function fill(database: DatabaseSync, password: string, now: Date): void {
  const customer = database.prepare('insert into customers values (?, ?, ?, ?, ?)');
  const contract = database.prepare('insert into contracts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const usage = database.prepare('insert into usages values (?, ?, ?)');
  const staff = database.prepare('insert into staff values (?, ?, ?, ?)');
  for (const person of samplePeople(now)) {
    customer.run(person.number, person.name, person.address, person.phone, person.email);
    const { id, menu, area, supply_point_id, wheeling_capacity, current_limit, meter, changed_on, usages } =
      person.contract;
    contract.run(
      ...[id, person.number, menu, area, supply_point_id, wheeling_capacity, current_limit, meter],
      ...['active', changed_on],
    );
    for (const { month, kwh } of usages) usage.run(id, month, kwh);
  }
  const hash = hashPassword(password); // one for all, since they have one password
  for (const { id, org, role } of SAMPLE_STAFF) staff.run(id, org, role, hash);
}
