// SPDX-License-Identifier: Apache-2.0
// What differs between two versions as they are written: added, removed, widened, narrowed, or changed otherwise.
import type { PolicyBundle } from '../bundle.ts';
import { canonicalJson } from '../canonical.ts';
import { alternatives, type Row } from '../rules-document.ts';
import { type Entry, type Sense, sectionsOf, senseOf, type Value } from './entries.ts';
import { compareFit } from './rows.ts';

/** `changed`: neither wider nor narrower by itself, such as another wording. */
export const KINDS = ['added', 'removed', 'widened', 'narrowed', 'changed'] as const;
export type Change = Pick<Entry, 'id' | 'clause' | 'ja' | 'en'> & {
  kind: (typeof KINDS)[number];
  section: string;
  /** What of the entry differs; left out where the whole entry came or went. */
  member?: string;
  /** Words that a list gained or lost, where the member is a list. */
  gained?: readonly string[];
  lost?: readonly string[];
  /** Other members, before and after; null = absent. */
  from?: Value;
  to?: Value;
};

/** All differences, section by section in the order of the files. */
export function changesOf(a: PolicyBundle, b: PolicyBundle): Change[] {
  const [before, after] = [sectionsOf(a), sectionsOf(b)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(section => {
    const entries = after.get(section) ?? [];
    const changes = compareSection(section, before.get(section) ?? [], entries);
    return section === 'rules' ? [...changes, ...rowChanges(a, b, entries)] : changes;
  });
}

function compareSection(section: string, before: readonly Entry[], after: readonly Entry[]): Change[] {
  const byId = (list: readonly Entry[]) => new Map(list.map(entry => [entry.id, entry]));
  const [old, fresh] = [byId(before), byId(after)];
  const whole = (kind: 'added' | 'removed', entry: Entry): Change => ({
    kind,
    section,
    ...labelled(entry),
  });
  return [
    ...before.filter(({ id }) => !fresh.has(id)).map(entry => whole('removed', entry)),
    ...after.flatMap(entry => {
      const was = old.get(entry.id);
      return was ? compareEntry(section, was, entry) : [whole('added', entry)];
    }),
  ];
}

function labelled({ id, clause, ja, en }: Entry): Pick<Change, 'id' | 'clause' | 'ja' | 'en'> {
  return { id, ...(clause && { clause }), ...(ja && { ja }), ...(en && { en }) };
}

function compareEntry(section: string, a: Entry, b: Entry): Change[] {
  const names = [...new Set([...a.members.keys(), ...b.members.keys()])];
  return names.flatMap(member => {
    const [from, to] = [a.members.get(member), b.members.get(member)];
    if (JSON.stringify(from) === JSON.stringify(to)) return [];
    return compareValue(senseOf(section, member), from, to).map(
      (difference): Change => ({ ...difference, section, ...labelled(b), member }),
    );
  });
}

type Difference = Pick<Change, 'kind' | 'gained' | 'lost' | 'from' | 'to'>;

function compareValue(
  sense: Sense | undefined,
  from: Value | undefined,
  to: Value | undefined,
): Difference[] {
  const [listed, lists] = [Array.isArray(from) || Array.isArray(to), sense !== 'any_of'];
  // Where absent means no limit at all, a list that comes or goes is no matter of single words.
  if (listed && (lists || (from !== undefined && to !== undefined))) {
    return compareLists(sense, wordsOf(from), wordsOf(to));
  }
  return [{ kind: kindOf(sense, from, to), from: from ?? null, to: to ?? null }];
}

const wordsOf = (value: Value | undefined): readonly string[] => (Array.isArray(value) ? value : []);

function compareLists(
  sense: Sense | undefined,
  from: readonly string[],
  to: readonly string[],
): Difference[] {
  const gained = to.filter(word => !from.includes(word));
  const lost = from.filter(word => !to.includes(word));
  const [more, fewer] =
    sense === 'less' ? (['narrowed', 'widened'] as const) : (['widened', 'narrowed'] as const);
  if (sense === undefined || gained.length + lost.length === 0) return [{ kind: 'changed', gained, lost }];
  return [
    ...(gained.length > 0 ? [{ kind: more, gained }] : []),
    ...(lost.length > 0 ? [{ kind: fewer, lost }] : []),
  ];
}

function kindOf(sense: Sense | undefined, from: Value | undefined, to: Value | undefined): Change['kind'] {
  const wider = (is: boolean) => (is ? 'widened' : 'narrowed');
  switch (sense) {
    case 'any_of':
      return wider(to === undefined);
    case 'freedom':
      return wider(to === true);
    case 'duty':
      return wider(to !== true);
    case 'start':
      return wider(String(to) < String(from));
    case 'end':
      return wider(to === null || (from !== null && String(to) > String(from)));
    case 'outcome':
      return wider(severity(to) < severity(from));
    default:
      return 'changed';
  }
}

/** A row that says nothing stands between one that allows and one that leaves open. */
function severity(outcome: Value | undefined): number {
  return ['conforming', undefined, 'undetermined', 'violation'].indexOf(outcome as string | undefined);
}

/** Rows whose conditions differ: one that allows widens by fitting more, one that refuses or leaves open narrows. */
function rowChanges(a: PolicyBundle, b: PolicyBundle, entries: readonly Entry[]): Change[] {
  const before = new Map(a.rules.rules.map(row => [row.code, row]));
  return b.rules.rules.flatMap((row, index): Change[] => {
    const was = before.get(row.code);
    if (!was) return [];
    const [from, to] = [conditionTexts(was), conditionTexts(row)];
    const gained = to.filter(text => !from.includes(text));
    const lost = from.filter(text => !to.includes(text));
    if (gained.length + lost.length === 0) return [];
    const change = { section: 'rules', ...labelled(entries[index]!), member: 'when', gained, lost };
    return [{ kind: kindOfFit(was, row), ...change }];
  });
}

const conditionTexts = (row: Row): string[] => alternatives(row).map(canonicalJson);

function kindOfFit(was: Row, row: Row): Change['kind'] {
  const fit = compareFit(was, row);
  const outcomes = [row.literal, row.strict].filter(outcome => outcome !== undefined);
  const allowing = outcomes.filter(outcome => outcome === 'conforming').length;
  const clear = allowing === 0 || allowing === outcomes.length;
  if (!clear || fit === 'same' || fit === 'other') return 'changed';
  const widens = allowing > 0 ? fit === 'more' : fit === 'less';
  return widens ? 'widened' : 'narrowed';
}
