// SPDX-License-Identifier: Apache-2.0
// The sources of an interval: their numbers and seals, how each life of theirs ended, and what is wrong with them.
import { type CompletenessStatement, formatRecordId } from '@ashiato/schema';
import { SILENT_AFTER } from './check-seal.ts';
import type { LiveEpoch } from './epoch.ts';
import { type EpochFacts, type Fault, nameOf, subtractRanges } from './facts.ts';
import type { Period, TellGap } from './gaps.ts';
import type { PartitionReading } from './read-partition.ts';

type SourceRow = CompletenessStatement['sources'][number];

/** One life of a source, with all that is known of it. */
export interface EpochView {
  source: string;
  epoch: string | null;
  stream: string;
  partition: number;
  /** How far its partition was read, ms since 1970. */
  at: number;
  within: EpochFacts | undefined;
  after: EpochFacts | undefined;
  live: LiveEpoch | undefined;
}

/** Every epoch that was there within the interval, or may have been. */
export function epochViews(readings: readonly PartitionReading[], { from, to }: Period): EpochView[] {
  return readings.flatMap(({ within, after, live, at }) => {
    const { stream, partition } = within;
    const find = (facts: EpochFacts[]) => new Map(facts.map(epoch => [nameOf(epoch), epoch]));
    const [inside, behind] = [find(within.epochs), find(after.epochs)];
    const standing = new Map(live.map(epoch => [nameOf(epoch), epoch]));
    return [...new Set([...inside.keys(), ...behind.keys(), ...standing.keys()])]
      .map(name => {
        const [own, later, epoch] = [inside.get(name), behind.get(name), standing.get(name)];
        const { source, epoch: number } = (own ?? later ?? epoch)!;
        return { source, epoch: number, stream, partition, at, within: own, after: later, live: epoch };
      })
      .filter(view => view.within || concerns(view, { from, to }));
  });
}

/** Not heard within the interval, but begun before its end, and not known to have ended before it. */
function concerns({ live, after }: EpochView, { from, to }: Period): boolean {
  if (!live || live.began >= to) return false;
  if (after) return true;
  return live.last_seal !== null && !(live.stopped && live.last_at < from);
}

/** One row per epoch that was heard or had to be; tells every gap of it. */
export function sourceRows(
  views: readonly EpochView[],
  all: readonly PartitionReading[],
  keyAt: (source: string, at: number) => string | undefined,
  interval: Period,
  tell: TellGap,
): SourceRow[] {
  const ends = knownEnds(all);
  return views.flatMap(view => {
    let faults = 0;
    const missing: [number, number][] = [];
    const told: TellGap = (code, place, facts = {}) => {
      if (!tell(code, place, facts)) return false;
      faults++;
      if (code === 'missing_numbers') missing.push([facts.first!, facts.last!]);
      return true;
    };
    tellFaults(view, told);
    const tail = tellTail(view, ends, told);
    const { within, live } = view;
    if (!within && faults === 0 && tail === 'ended') return [];
    const sealed = (within?.seals ?? 0) > 0 || live?.last_seal != null;
    const state = sealed ? 'sealed' : keyAt(view.source, interval.to - 1) ? 'unsealed' : 'unknown';
    const lastSeal = within?.last_seal ?? live?.last_seal ?? null;
    return [
      {
        source: view.source,
        epoch: view.epoch,
        stream: view.stream,
        partition: view.partition,
        state,
        records: within?.records ?? 0,
        unnumbered: within?.unnumbered ?? 0,
        first: within?.first ?? null,
        last: within?.last ?? null,
        seals: within?.seals ?? 0,
        sealed_to: Math.max(within?.sealed_to ?? 0, sealed ? (live?.first ?? 1) - 1 : 0),
        last_seal: lastSeal === null ? null : new Date(lastSeal).toISOString(),
        stopped: live?.stopped ?? within?.stopped ?? false,
        missing,
        faults,
        rests_on: sealed ? 'seal' : (within?.first ?? null) === null ? 'none' : 'sequence',
      } satisfies SourceRow,
    ];
  });
}

function tellFaults({ within, after, live, ...place }: EpochView, tell: TellGap): void {
  const late = [within, after].flatMap(facts => facts?.late ?? []).sort(([a], [b]) => a - b);
  const idAt = (offset: number) => formatRecordId(place.stream, place.partition, offset);
  for (const fault of [...(within?.faults ?? []), ...(after?.faults ?? [])]) {
    if (fault.code === 'missing_numbers') tellMissing(fault, late, nameFor(place), tell);
    else tell(fault.code, `${nameFor(place)}, ${idAt(fault.offset)}`, fault);
  }
  for (const [first, last] of live?.missing ?? [])
    tell('missing_numbers', nameFor(place), {
      first,
      last,
      since: live!.last_seal ?? live!.began,
      until: live!.last_at,
    });
}

function tellMissing(
  { first, last, ...when }: Fault,
  late: [number, number][],
  place: string,
  tell: TellGap,
): void {
  const range: [number, number] = [first!, last!];
  const still = subtractRanges(range, late);
  for (const [a, b] of still) tell('missing_numbers', place, { ...when, first: a, last: b });
  for (const [a, b] of subtractRanges(range, still))
    tell('not_checked', place, { ...when, first: a, last: b, reason: 'late' });
}

/** How the life ended, or that nobody knows. */
function tellTail(view: EpochView, ends: ReturnType<typeof knownEnds>, tell: TellGap): 'ended' | 'open' {
  const { live, at, source, epoch } = view;
  if (!live || live.last_seal === null || epoch === null) return 'open';
  if (live.stopped) return 'ended';
  const end = ends.named.get(nameOf(view));
  const since = live.last_seal;
  if (end !== undefined) {
    const when = { since, until: end.at };
    if (live.last < end.last)
      tell('missing_numbers', nameFor(view), { ...when, first: live.last + 1, last: end.last });
    if (live.last > end.last)
      tell('tail_disagrees', nameFor(view), { ...when, last: live.last, other: end.last });
    return 'ended';
  }
  const successor = ends.later(source, epoch);
  if (successor) {
    tell('unknown_tail', nameFor(view), { since, until: successor.began });
    return 'ended';
  }
  if (at - since > SILENT_AFTER * live.interval * 1000) tell('silent', nameFor(view), { since, until: at });
  return 'open';
}

/** Ends of epochs as start seals after them name them, or a control event where none will follow; of any partition. */
function knownEnds(readings: readonly PartitionReading[]) {
  const all = readings.flatMap(({ live }) => live);
  const named = new Map<string, { last: number; at: number }>();
  for (const { source, epoch, last, at } of readings.flatMap(({ retired }) => retired))
    named.set(nameOf({ source, epoch }), { last, at });
  for (const { source, previous_epoch: end, began } of all)
    if (end) named.set(nameOf({ source, epoch: end.epoch }), { last: end.last, at: began });
  return {
    named,
    later: (source: string, epoch: string) =>
      all
        .filter(other => other.source === source && Number(other.epoch) > Number(epoch))
        .sort((a, b) => a.began - b.began)[0],
  };
}

const nameFor = ({ source, epoch }: { source: string; epoch: string | null }): string =>
  epoch === null ? source : `${source} epoch ${epoch}`;
