// SPDX-License-Identifier: Apache-2.0
// Events that two versions decide otherwise, found by trying: bounded, in a fixed order, without chance.
import type { PolicyBundle } from '../bundle.ts';
import { createSide, decisionsOf, fieldsOf, fieldsToTry, type Place, placesOf } from '../probe/cells.ts';
import { type Data, patchesOf, statesOf } from '../probe/patches.ts';
import { type Situation, situationsOf } from '../probe/situations.ts';
import type { Change } from './changes.ts';
import { createGroups, type Otherwise } from './groups.ts';

/** What was tried. Cells whose rows are equal are not tried, but for what differs in the registers. */
export type Searched = { cells: number; tried: number; events: number; differing: number; complete: boolean };
export type SearchOptions = {
  /** No further cell is tried after so many events; `complete` tells. */
  mostEvents?: number;
  onProgress?: (cells: number, of: number) => void;
};

/** Judges events of every cell under both versions, as if both were in force. */
export function searchOtherwise(
  a: PolicyBundle,
  b: PolicyBundle,
  changes: readonly Change[],
  options: SearchOptions = {},
): { searched: Searched; otherwise: Otherwise[] } {
  const { mostEvents = 2_000_000, onProgress } = options;
  const sides = [createSide(a), createSide(b)] as const;
  const situations = situationsOf([a, b], changes);
  const { businesses, equal } = businessesToTry(a, b);
  const ids = fieldsOf([a, b]);
  const places = placesOf([a, b]);
  const groups = createGroups([a, b]);
  const searched: Searched = { cells: places.length, tried: 0, events: 0, differing: 0, complete: true };
  for (const [at, place] of places.entries()) {
    onProgress?.(at, places.length);
    const plans = sides.map(side => side.planOf(place));
    const [one, other] = sides.map((side, index) => decisionsOf(side, plans[index]!, ids));
    searched.complete = searched.events < mostEvents;
    if (!searched.complete) break;
    const before = searched.events;
    const patches = patchesOf(plans, businesses);
    for (const situation of situations.get(place.category)!) {
      const fields = fieldsToTry(ids, one!, other!, equal && !situation.differs);
      for (const data of fields.length === 0 ? [] : statesOf(dataOf(place, situation), patches)) {
        for (const list of fields) {
          data.fields = list?.slice(0, 1);
          searched.events++;
          const [a, b] = [sides[0].judge(data, situation.at), sides[1].judge(data, situation.at)];
          if (groups.add(data, situation.at, list ?? [], a, b)) searched.differing++;
        }
      }
    }
    if (searched.events > before) searched.tried++;
  }
  return { searched, otherwise: groups.finish() };
}

/** One business of every sort: known to both versions, to one alone; leaning on a parent, or not. */
function businessesToTry({ policy: a }: PolicyBundle, { policy: b }: PolicyBundle) {
  const key = ({ id, requires_parent }: (typeof a.businesses)[number]) => `${id} ${requires_parent}`;
  const [before, after] = [a, b].map(({ businesses }) => new Set(businesses.map(key)));
  const all = [...a.businesses, ...b.businesses];
  const sorts = new Map<string, string>();
  for (const one of all) {
    const sort = [before!.has(key(one)), after!.has(key(one)), one.requires_parent === true]
      .map(Number)
      .join('');
    if (!sorts.has(sort)) sorts.set(sort, one.id);
  }
  // What both know and leans on nothing is the usual one, so it comes first.
  const tried = [...sorts].sort(([one], [other]) => Number(other === '110') - Number(one === '110'));
  return {
    businesses: tried.map(([, id]) => id),
    equal: all.every(one => before!.has(key(one)) && after!.has(key(one))),
  };
}

function dataOf({ category: _, ...place }: Place, { recipient, agreement }: Situation): Data {
  return { ...place, ...(recipient && { recipient }), refs: agreement ? { agreement } : {} };
}
