// SPDX-License-Identifier: Apache-2.0
// Prisma: which columns were selected shows in the rows themselves, and the client knows the table of each model.
import { Prisma } from '@prisma/client/extension';
import { FieldMapError, unmapped } from './field-map.ts';
import { type Instrument, numberOf, release, type Seen } from './release-rows.ts';

/** The part of a client's data model that is read here; Prisma keeps it beside the client, without a type. */
interface Model {
  dbName: string | null;
  fields: readonly { name: string; dbName?: string; kind: string; type: string }[];
}
type Models = Readonly<Record<string, Model>>;

/**
 * An extension for `prisma.$extends(…)`: every operation on a model resolves once the access to the rows it returns,
 * and to those of relations within them, is recorded. What is written is not derived: say it with `trail.access`.
 * `$queryRaw` is refused, since its rows do not say where they come from.
 */
export function recordedPrisma(instrument: Instrument) {
  return Prisma.defineExtension(client => {
    const models = modelsOf(client);
    return client.$extends({
      name: 'ashiato',
      query: {
        async $allOperations({ model, operation, args, query }) {
          if (model === undefined) {
            if (operation.startsWith('$execute')) return query(args);
            throw new FieldMapError(`${operation} does not say where its rows come from; read by a model`);
          }
          const rows: unknown = await query(args);
          const seen: Seen = { fields: new Set(), numbers: new Set() };
          if (!COUNTS.has(operation)) look(rows, { model, number: undefined, models, instrument, seen });
          await release(instrument, seen, rows);
          return rows;
        },
      },
    });
  });
}

/** These answer how many rows there are. */
const COUNTS = new Set(['count', 'createMany', 'updateMany', 'deleteMany']);

interface Place {
  model: string;
  /** The person that the row around this one is about. */
  number: string | undefined;
  models: Models;
  instrument: Instrument;
  seen: Seen;
}

function look(value: unknown, place: Place): void {
  if (Array.isArray(value)) for (const row of value) look(row, place);
  else if (typeof value === 'object' && value !== null) lookAtRow(value as Record<string, unknown>, place);
}

function lookAtRow(row: Record<string, unknown>, place: Place): void {
  const { instrument, seen } = place;
  const model = place.models[place.model]!;
  const number = personOf(row, place) ?? place.number;
  const fields: string[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (name === '_count') continue;
    const known = model.fields.find(field => field.name === name);
    if (name.startsWith('_') && known === undefined)
      look(value, { ...place, number }); // _min, _max and the like
    else if (known?.kind === 'object') look(value, { ...place, model: known.type, number });
    else {
      const column = columnOf(model, place.model, name);
      const field = instrument.map.fieldOf(column);
      if (field === undefined) throw unmapped([`${column.table}.${column.column}`]);
      if (field !== null) fields.push(field);
    }
  }
  if (fields.length === 0) return;
  seen.numbers.add(numberOf(number, fields));
  for (const field of fields) seen.fields.add(field);
}

function columnOf({ dbName, fields }: Model, model: string, name: string) {
  const column = fields.find(field => field.name === name)?.dbName ?? name;
  return { name, table: dbName ?? model, column };
}

function personOf(row: Record<string, unknown>, place: Place): string | undefined {
  const model = place.models[place.model]!;
  const { map } = place.instrument;
  const subject = model.fields.find(
    ({ name }) => (row[name] ?? null) !== null && map.isSubject(columnOf(model, place.model, name)),
  );
  return subject === undefined ? undefined : numberOf(row[subject.name], [subject.name]);
}

function modelsOf(client: unknown): Models {
  const model = (client as { _runtimeDataModel?: { models?: Models } })._runtimeDataModel?.models;
  if (model !== undefined) return model;
  throw new FieldMapError('this version of Prisma does not tell its models; this extension knows Prisma 7');
}
