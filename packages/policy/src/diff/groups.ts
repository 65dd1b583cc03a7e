// SPDX-License-Identifier: Apache-2.0
// Events that two versions decide otherwise, gathered by the reason why.
import type { PolicyBundle } from '../bundle.ts';
import { outcomesOf } from '../describe-finding.ts';
import type { Data } from '../probe/patches.ts';
import { type Mode, OUTCOMES, type Outcome, type Verdict } from '../verdict.ts';

const MODES: readonly Mode[] = ['literal', 'strict'];

/** Events that differ for the same reason. */
export type Otherwise = {
  direction: 'stricter' | 'looser' | 'mixed';
  /** Codes that refused or left open under A and are gone, that do so under B and are new, or whose outcome differs. */
  gone: readonly string[];
  come: readonly string[];
  moved: readonly string[];
  events: number;
  /** How many events went from which outcome to which, as `violation → conforming`. */
  transitions: Record<Mode, Record<string, number>>;
  operations: readonly string[];
  purposes: readonly string[];
  recipients: readonly string[];
  fields: readonly string[];
  example: { event: object; a: Verdict; b: Verdict };
};

type Bundles = readonly [PolicyBundle, PolicyBundle];
type Reason = Pick<Otherwise, 'direction' | 'gone' | 'come' | 'moved'>;
type Group = Omit<Otherwise, 'operations' | 'purposes' | 'recipients' | 'fields'> & {
  size: number;
  words: Record<'operations' | 'purposes' | 'recipients' | 'fields', Set<string>>;
};

export type Groups = ReturnType<typeof createGroups>;

/** Collects pairs of verdicts on one event. */
export function createGroups(bundles: Bundles) {
  const groups = new Map<string, Group>();
  return {
    /** Whether the verdicts differ in an outcome; `alike` are the fields that would give the same. */
    add(data: Data, at: number, alike: readonly string[], a: Verdict, b: Verdict): boolean {
      if (a.literal === b.literal && a.strict === b.strict) return false;
      const reason = reasonOf(bundles, a, b);
      const key = JSON.stringify(reason);
      const group = groups.get(key) ?? emptyGroup(reason, a, b);
      groups.set(key, group);
      count(group, data, alike, a, b);
      // The plainest example: the greatest change, and of equal ones the first.
      const size = MODES.reduce((sum, mode) => sum + Math.abs(rank(a[mode]) - rank(b[mode])), 0);
      if (size > group.size) Object.assign(group, { size, example: { event: eventOf(data, at), a, b } });
      return true;
    },
    finish: (): Otherwise[] => [...groups.values()].sort(byWeight).map(finished),
  };
}

function count(group: Group, data: Data, alike: readonly string[], a: Verdict, b: Verdict): void {
  group.events++;
  for (const mode of MODES) {
    if (a[mode] === b[mode]) continue;
    const step = `${a[mode]} → ${b[mode]}`;
    group.transitions[mode][step] = (group.transitions[mode][step] ?? 0) + 1;
  }
  const { words } = group;
  const recipient = data.recipient as { category: string } | undefined;
  words.operations.add(String(data.operation ?? '-'));
  words.purposes.add(String(data.purpose ?? '-'));
  words.recipients.add(recipient?.category ?? '-');
  for (const field of alike) words.fields.add(field);
}

const rank = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);

function emptyGroup(reason: Reason, a: Verdict, b: Verdict): Group {
  const words = { operations: new Set<string>(), purposes: new Set<string>() };
  return {
    ...reason,
    events: 0,
    transitions: { literal: {}, strict: {} },
    size: 0,
    words: { ...words, recipients: new Set<string>(), fields: new Set<string>() },
    example: { event: {}, a, b },
  };
}

/** A CloudEvent that `explain` takes; who did it never matters for a verdict. */
function eventOf(data: Data, at: number): object {
  const envelope = {
    specversion: '1.0',
    id: 'example',
    source: '/policy/diff',
    type: 'io.ashiato.access.v1',
  };
  const example = { actor: { id: 'example', type: 'user' }, ...data };
  return JSON.parse(JSON.stringify({ ...envelope, time: new Date(at).toISOString(), data: example }));
}

/** Why two verdicts differ: where it gets looser, what no longer stands against it; where stricter, what does now. */
function reasonOf(bundles: Bundles, a: Verdict, b: Verdict): Reason {
  const [before, after] = [adverse(bundles[0], a), adverse(bundles[1], b)];
  const steps = MODES.map(mode => Math.sign(rank(b[mode]) - rank(a[mode])));
  const direction = steps.includes(1) ? (steps.includes(-1) ? 'mixed' : 'stricter') : 'looser';
  const only = (here: Map<string, string>, there: Map<string, string>) =>
    [...here.keys()].filter(code => !there.has(code)).sort();
  return {
    direction,
    gone: direction === 'stricter' ? [] : only(before, after),
    come: direction === 'looser' ? [] : only(after, before),
    moved: [...before.keys()].filter(code => after.has(code) && after.get(code) !== before.get(code)).sort(),
  };
}

/** Codes that stand against the event, each with its outcomes. */
function adverse(bundle: PolicyBundle, { findings }: Verdict): Map<string, string> {
  const outcomes = new Map<string, string>();
  for (const finding of findings) {
    const { literal, strict } = outcomesOf(bundle, finding);
    if ([literal, strict].every(outcome => outcome === undefined || outcome === 'conforming')) continue;
    outcomes.set(finding.code, `${outcomes.get(finding.code) ?? ''}${literal} ${strict} `);
  }
  return outcomes;
}

/** Stricter first, then by the number of events. */
function byWeight(one: Group, other: Group): number {
  const order = ['stricter', 'mixed', 'looser'];
  return order.indexOf(one.direction) - order.indexOf(other.direction) || other.events - one.events;
}

function finished({ size: _, words, ...group }: Group): Otherwise {
  const { operations, purposes, recipients, fields } = words;
  return {
    ...group,
    operations: [...operations],
    purposes: [...purposes],
    recipients: [...recipients],
    fields: [...fields],
  };
}
