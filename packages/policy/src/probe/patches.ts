// SPDX-License-Identifier: Apache-2.0
// What to put into an event of one cell so that every condition of its rows is met, and missed: the events that
// the comparison of versions and the generated vocabulary try.
import type { Plan } from '../plan.ts';
import type { Purpose } from '../policy-document.ts';
import { alternatives } from '../rules-document.ts';

/** Sets one member of an event's data; references are named `refs.<id>`. */
type Patch = { member: string; value: unknown };
export type Data = Record<string, unknown> & { refs: Record<string, unknown> };

/** The members that some row of these plans asks for, with values that meet it; the first value of each is usual. */
export function patchesOf(plans: readonly Plan[], businesses: readonly string[]): Patch[] {
  const purposes = plans.flatMap(({ cell }) => cell.purpose.purpose ?? []);
  const channels = purposes.flatMap(({ needs }) => needs?.channels ?? []);
  const patches = [
    ...businesses.map(value => ({ member: 'business', value })),
    ...referencesOf(plans, purposes).map(id => ({ member: `refs.${id}`, value: 'R-1' })),
    ...channels.map(value => ({ member: 'channel', value })),
    ...countsOf(plans, purposes).map(count => ({ member: 'population', value: { count } })),
  ];
  const seen = new Set<string>();
  return patches.filter(patch => {
    const key = JSON.stringify(patch);
    return !seen.has(key) && seen.add(key);
  });
}

/** An agreement is no plain reference: registers say which one counts. */
function referencesOf(plans: readonly Plan[], purposes: readonly Purpose[]): string[] {
  const asked = plans
    .flatMap(({ rows }) => rows.flatMap(({ row }) => alternatives(row)))
    .flatMap(({ refs_any = [], refs_none = [] }) => [...refs_any, ...refs_none]);
  const needed = purposes.flatMap(({ needs }) => needs?.references ?? []);
  return [...new Set([...needed, ...asked])].filter(id => id !== 'agreement');
}

/** Numbers of persons at which a row changes its mind, the greatest first. */
function countsOf(plans: readonly Plan[], purposes: readonly Purpose[]): number[] {
  const counts = plans
    .flatMap(({ rows }) => rows.flatMap(({ row }) => alternatives(row)))
    .flatMap(({ persons }) => (persons ? Object.values(persons) : []));
  if (purposes.some(({ needs }) => needs?.many_persons)) counts.push(2);
  return [...new Set(counts)].sort((a, b) => b - a);
}

/** The event's data with everything given that rows ask for. */
export function met(data: Data, patches: readonly Patch[]): Data {
  return apply(data, usual(patches));
}

/** Nothing given; everything; each alone; everything but one; everything, with another value of one. */
export function statesOf(data: Data, patches: readonly Patch[]): Data[] {
  const first = usual(patches);
  const all = apply(data, first);
  return [
    data,
    all,
    ...patches.map(patch => apply(data, [patch])),
    ...first.map(patch =>
      apply(
        data,
        first.filter(other => other !== patch),
      ),
    ),
    ...patches.filter(patch => !first.includes(patch)).map(patch => apply(all, [patch])),
  ];
}

const usual = (patches: readonly Patch[]): Patch[] =>
  patches.filter(({ member }, at) => patches.findIndex(one => one.member === member) === at);

function apply(data: Data, patches: readonly Patch[]): Data {
  const changed: Data = { ...data, refs: { ...data.refs } };
  for (const { member, value } of patches) {
    if (member.startsWith('refs.')) changed.refs[member.slice(5)] = value;
    else changed[member] = value;
  }
  return changed;
}
