// SPDX-License-Identifier: Apache-2.0
// A real trail, a field map, and what was recorded in the end.
import { join } from 'node:path';
import type { ParsedEvent } from '@ashiato/schema';
import { onTestFinished } from 'vitest';
import { arrivedAt, openTarget } from '../delivered.testing.ts';
import { tempFolder } from '../temp-folder.testing.ts';
import { createTrail, type Trail } from '../trail.ts';
import { readFieldMap } from './field-map.ts';
import type { Instrument } from './release-rows.ts';

export const FIELDS = {
  format: 'ashiato.fields/1',
  subjects: ['customers.number', 'contracts.customer_number'],
  fields: {
    'customers.number': null,
    'customers.name': 'basic.name',
    'customers.birth_date': 'customer.birth_date',
    'contracts.id': 'basic.contract_number',
    'contracts.customer_number': null,
    'contracts.menu': 'customer.contract_details',
    'menus.*': null,
  },
  expressions: { count: null, shouted: 'basic.name' },
};

/** Made-up people; the same in every database of these tests. */
export const TABLES = [
  'create table customers (number text primary key, name text, birth_date text, fax text)',
  'create table contracts (id text primary key, customer_number text references customers, menu text)',
  'create table menus (id text primary key, price integer)',
  "insert into customers values ('1001', 'A', '1990-01-01', '1'), ('1002', 'B', null, '2'), ('1003', 'C', null, null)",
  "insert into contracts values ('C-1', '1001', 'night'), ('C-2', '1002', 'day'), ('C-3', '1002', 'night')",
  "insert into menus values ('night', 20), ('day', 30)",
];

export type Data = NonNullable<ParsedEvent['data']> & {
  fields: string[];
  subject?: { ref: string };
  part?: { index: number; of: number };
};

export interface Scene extends Instrument {
  trail: Trail;
  /** Runs `read` as a member of staff with a ticket; `purpose` may be another. */
  asStaff<T>(read: () => Promise<T>): Promise<T>;
  /** Ends the trail, and answers what it recorded: fields and person of each event, in order. */
  recorded(): Promise<{ fields: string[]; of: string; data: Data }[]>;
}

export async function startTrail(): Promise<Scene> {
  const dir = await tempFolder();
  const queue = await openTarget(join(dir, 'queue'));
  onTestFinished(() => queue.close());
  const trail = createTrail({
    source: '/test/instrument',
    spoolDir: join(dir, 'spool'),
    queue,
    mode: 'strict',
    pseudonymKeys: { 1: Buffer.alloc(32, 7) },
  });
  const numbers = new Map(['1001', '1002', '1003'].map(number => [trail.subject(number), number]));
  return {
    trail,
    map: readFieldMap(FIELDS),
    asStaff: read =>
      trail.withActor(
        {
          actor: { id: 'st-1', type: 'user' },
          purpose: 'customer_contact',
          business: 'electricity',
          refs: { ticket: 'T-1' },
        },
        read,
      ),
    async recorded() {
      await trail.close();
      return (await arrivedAt(queue)).map(({ event }) => {
        const data = event.data as Data;
        return { fields: data.fields, of: numbers.get(data.subject?.ref ?? '') ?? 'nobody', data };
      });
    },
  };
}

/** Without the event itself. */
export const told = (recorded: { fields: string[]; of: string }[]) =>
  recorded.map(({ fields, of }) => `${of}: ${fields.toSorted().join(' ')}`).sort();
