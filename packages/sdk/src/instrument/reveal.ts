// SPDX-License-Identifier: Apache-2.0
// A row that notices which of its columns are really read.
import { unmapped } from './field-map.ts';
import { type Instrument, numberOf, release } from './release-rows.ts';

/**
 * Gives `show` the row behind a proxy and releases what it returns once the access to the columns that it read is
 * recorded; a column that nobody read is not in the event. When `show` throws, what it read is recorded as failed.
 * `table` is the row's in the field map, and its keys are the columns. After `show` has returned, the row can no longer
 * be read. The subject's own column is read for the record and MUST be in the row.
 */
export async function reveal<R extends object, T>(
  instrument: Instrument,
  table: string,
  row: R,
  show: (row: R) => T | Promise<T>,
): Promise<T> {
  const { map } = instrument;
  const fields = new Set<string>();
  const read = (name: string | symbol) => {
    if (typeof name === 'symbol' || !Object.hasOwn(row, name)) return;
    const field = map.fieldOf({ name, table, column: name });
    if (field === undefined) throw unmapped([`${table}.${name}`]);
    if (field !== null) fields.add(field);
  };
  const { proxy, revoke } = Proxy.revocable(row, {
    get(target, name) {
      read(name);
      return Reflect.get(target, name, target);
    },
    // Copying the row, also by spreading it, asks for every column here.
    getOwnPropertyDescriptor(target, name) {
      read(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
  const seen = () => {
    const subject = Object.entries(row).find(([name]) => map.isSubject({ name, table, column: name }));
    return { fields, numbers: new Set(fields.size === 0 ? [] : [numberOf(subject?.[1], [...fields])]) };
  };
  let shown: T;
  try {
    shown = await show(proxy);
  } catch (cause) {
    const what = { ...instrument.what, outcome: 'failed' } as const;
    await release({ ...instrument, what }, seen(), undefined);
    throw cause;
  } finally {
    revoke();
  }
  return release(instrument, seen(), shown);
}
