// SPDX-License-Identifier: Apache-2.0
// Objects that are numbered by a tree's size, a thousand in a folder; and the newest of them without listing all.
import type { ObjectStore } from '@ashiato/objects';

const FOLDER = 1_000;

export function numberedKey(prefix: string, size: number, ending = ''): string {
  const folder = String(Math.floor(size / FOLDER)).padStart(13, '0');
  return `${prefix}/${folder}/${String(size % FOLDER).padStart(3, '0')}${ending}`;
}

/** The number in such a key; undefined for another key. */
export function numberOf(key: string): number | undefined {
  const found = /\/(\d{13})\/(\d{3})(?:\.[a-z]+)?$/.exec(key);
  return found ? Number(found[1]) * FOLDER + Number(found[2]) : undefined;
}

/**
 * The greatest number under `prefix`, at least `known`, which the caller has seen; undefined when there is none. Asks for
 * the first key after a number, in steps that double and then halve: one request when nothing is newer.
 */
export async function newestNumber(
  objects: ObjectStore,
  prefix: string,
  known: number | undefined,
): Promise<number | undefined> {
  const after = async (size: number) => {
    // "~" comes after every ending.
    for await (const { key } of objects.list(`${prefix}/`, { after: numberedKey(prefix, size, '~') }))
      return numberOf(key);
    return undefined;
  };
  let newest = known === undefined ? await first(objects, prefix) : await after(known);
  if (newest === undefined) return known;
  let last: number | undefined; // nothing is greater
  for (let step = 1; last === undefined; step *= 2) {
    const found: number | undefined = await after(newest + step);
    if (found === undefined) last = newest + step;
    else newest = found;
  }
  while (newest < last) {
    const middle = Math.floor((newest + last) / 2);
    const found = await after(middle);
    if (found === undefined) last = middle;
    else newest = found;
  }
  return newest;
}

async function first(objects: ObjectStore, prefix: string): Promise<number | undefined> {
  for await (const { key } of objects.list(`${prefix}/`)) return numberOf(key);
  return undefined;
}
