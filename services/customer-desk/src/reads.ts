// SPDX-License-Identifier: Apache-2.0
// How this service reads: through the sdk, which takes the fields from the columns themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Vocabulary } from '@ashiato/policy/astmax-energy';
import type { Trail } from '@ashiato/sdk';
import { readFieldMap } from '@ashiato/sdk/field-map';
import { type RecordedSqlite, recordedSqlite } from '@ashiato/sdk/sqlite';
import { isEntrusted } from './staff.ts';
import type { Visit } from './visit.ts';

export type Lookup = 'number' | 'name' | 'list' | 'case';

/** A database for this visit: what an entrusted operator sees is provided to their company. */
export type Reads = (visit: Visit, by: Lookup) => RecordedSqlite;

const map = readFieldMap(JSON.parse(readFileSync(join(import.meta.dirname, 'field-map.json'), 'utf8')));

export function createReads(trail: Trail<Vocabulary>, database: DatabaseSync): Reads {
  return ({ staff }, by) => {
    const operation = staff !== undefined && isEntrusted(staff) ? 'provide' : 'use';
    return recordedSqlite(database, { trail, map, what: { operation, lookup: { by } } });
  };
}

/** How a customer's own pages are reached. */
export const lookupOf = ({ deskCase }: Visit): Lookup => (deskCase === undefined ? 'number' : 'case');
