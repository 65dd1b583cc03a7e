// SPDX-License-Identifier: Apache-2.0
// What one partition shows of an interval, read from its segments; stretches read before are taken as they are.
import { type Ledger, LedgerError, type Segment, segmentKey } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import type { SourceRegister } from '@ashiato/policy/registers';
import type { LiveEpoch } from './epoch.ts';
import { noFacts, type PartitionFacts, type RetiredEpoch } from './partition-facts.ts';
import { createPartitionReader, type PartitionReader, type Position } from './partition-reader.ts';
import { createStretches, type StretchName } from './stretches.ts';

export interface TrailStore {
  ledger: Ledger;
  objects: ObjectStore;
  register: SourceRegister;
}

export interface PartitionReading {
  /** Of records appended within the interval. */
  within: PartitionFacts;
  /** Of those behind it, as far as was read: seals that speak of the interval come after it. */
  after: PartitionFacts;
  live: LiveEpoch[];
  retired: readonly RetiredEpoch[];
  /** Offset at which reading ended, and the broker's clock there. */
  next: number;
  at: number;
  /** Broker's clock at the partition's very first record, where reading began there; null otherwise. */
  began: number | null;
  /** Where the chain breaks off though later segments are stored; null where it does not. */
  broken: { key: string; why: string } | null;
}

/** Interval and end of reading, ms since 1970: half-open, of the broker's clock. */
export interface Interval {
  from: number;
  to: number;
  until: number;
}

export async function readPartition(
  store: TrailStore,
  { stream, partition }: { stream: string; partition: number },
  interval: Interval,
): Promise<PartitionReading> {
  const { ledger, objects, register } = store;
  const stretches = createStretches({ objects, register: register.sha256, stream, partition });
  const begin = await chainStart(ledger, stream, partition);
  const names = (await stretches.list()).filter(({ next }) => next >= begin.next); // others lead to what has expired
  const start = names.findLast(({ at }) => at < interval.from);
  const from = start ? (await stretches.read(start)).position : begin;
  const reader = createPartitionReader({ stream, partition, keyAt: register.keyAt, from });
  const cut = createCut(reader, interval);
  let broken: PartitionReading['broken'] = null;
  let began: number | null = null;
  const pass = (at: number) => {
    if (!start) began ??= at;
    cut.pass(at);
  };
  for (;;) {
    const { next, at } = reader.at();
    if (at >= interval.until) break;
    const kept = wholeStretch(names, next, cut.end());
    if (kept) {
      const { facts, position } = await stretches.read(kept);
      reader.join(facts, position);
      continue;
    }
    const segment = await readSegment(ledger, stream, partition, next);
    if (segment === undefined) {
      broken = await breaksOff(objects, segmentKey(stream, partition, next));
      break;
    }
    const why =
      'broken' in segment
        ? segment.broken
        : (await reader.read(segment, pass))
          ? undefined
          : 'does not follow from the one before';
    if (why === undefined) continue;
    broken = { key: segmentKey(stream, partition, next), why };
    break;
  }
  return {
    ...cut.parts(),
    live: reader.live(),
    retired: reader.retired(),
    ...reader.at(),
    began,
    broken,
  };
}

/** Parts what is read into before, within and after the interval. */
function createCut(reader: PartitionReader, { from, to, until }: Interval) {
  let place: 'before' | 'within' | 'after' = 'before';
  let within: PartitionFacts | undefined;
  const pass = (at: number): void => {
    if (place === 'before' && at >= from) {
      reader.takeFacts();
      place = 'within';
    }
    if (place === 'within' && at >= to) {
      within = reader.takeFacts();
      place = 'after';
    }
  };
  return {
    pass,
    /** Where the present part ends: a stretch that ends before lies in it as a whole. */
    end: () => ({ before: from, within: to, after: until })[place],
    parts() {
      const rest = reader.takeFacts();
      const none = noFacts(rest.stream, rest.partition);
      if (place === 'after') return { within: within!, after: rest };
      return place === 'within' ? { within: rest, after: none } : { within: none, after: none };
    },
  };
}

/** The kept stretch that begins at `next` and ends before `end`. */
function wholeStretch(names: readonly StretchName[], next: number, end: number): StretchName | undefined {
  const index = next === 0 ? 0 : names.findIndex(name => name.next === next) + 1;
  if (index === 0 && next !== 0) return undefined;
  const name = names[index];
  return name && name.at < end ? name : undefined;
}

/** Where the chain begins now, with nothing known of the sources before. */
export async function chainStart(ledger: Ledger, stream: string, partition: number): Promise<Position> {
  const { from: next, previous } = await ledger.start(stream, partition);
  return { next, previous, at: 0, sources: { epochs: [] }, retired: [] };
}

async function readSegment(
  ledger: Ledger,
  stream: string,
  partition: number,
  from: number,
): Promise<Segment | { broken: string } | undefined> {
  try {
    return await ledger.read(stream, partition, from);
  } catch (error) {
    if (error instanceof LedgerError) return { broken: error.message };
    throw error;
  }
}

async function breaksOff(objects: ObjectStore, hole: string): Promise<PartitionReading['broken']> {
  const folder = hole.slice(0, hole.lastIndexOf('/') + 1);
  for await (const { key } of objects.list(folder, { after: hole })) {
    // Committed since we looked: the next reading meets it.
    if (await objects.has(hole)) return null;
    return { key: hole, why: `is missing, but ${key} is stored` };
  }
  return null;
}
