// SPDX-License-Identifier: Apache-2.0
// What a partition remembers of its sources, so that a repeated delivery is told from a new event (DESIGN 6
// "Re-delivery"). It is a pure function of the records in their order: rebuilt from segments, it is the same.
import type { CommittedDelivery, SegmentHeader } from '@ashiato/schema';
import { createRecentNumbers, type RecentNumbers, type Seen } from './recent-numbers.ts';

/** Deliveries remembered per partition, all numbered sources together; the source touched longest ago is forgotten. */
const REMEMBERED = 500_000;
/** Events without a sequence remembered per partition, at least; twice as many at most. */
const UNNUMBERED_WINDOW = 100_000;
/** Ranges of missing numbers remembered per source and epoch. */
const MISSING_RANGES = 1_000;

interface SourceState {
  source: string;
  epoch: string | null;
  highest: number;
  recent: RecentNumbers;
  /** Numbers below `highest` that never came, as ascending half-closed pairs [from, to]. */
  missing: [number, number][];
}

/**
 * A memory of the last deliveries in two generations: when the younger is full, the older is dropped whole.
 * Deleting the oldest entry of one Map for every new one costs more than all the rest of a placement.
 */
interface Generations {
  older: Map<string, Seen>;
  younger: Map<string, Seen>;
}

const recall = (memory: Generations, key: string): Seen | undefined =>
  memory.younger.get(key) ?? memory.older.get(key);

function memorise(memory: Generations, key: string, seen: Seen): void {
  memory.younger.set(key, seen);
  if (memory.younger.size < UNNUMBERED_WINDOW) return;
  memory.older = memory.younger;
  memory.younger = new Map();
}

/**
 * One event as this room needs it; `digest` = SHA-256 of its bytes with encrypted members as `null`, as a binary
 * string (one character per byte).
 */
export interface Delivered {
  source: string;
  epoch: string | null;
  sequence: number | null;
  id: string;
  digest: string;
  offset: number;
}

export interface SourceStates {
  /** Says how the event stands among its source's deliveries, and remembers it. */
  place(event: Delivered): CommittedDelivery;
  /** Highest sequence of each (source, epoch) placed since the last call: a header's `sources`. */
  takeTouched(): SegmentHeader['sources'];
  /** Everything, as JSON-ready values. */
  dump(): SourceStatesDump;
}

export interface SourceStatesDump {
  sources: {
    source: string;
    epoch: string | null;
    highest: number;
    missing: [number, number][];
    /** Lists of sequence, digest (base64), offset; a later entry of a number replaces an earlier one. */
    seen: [number, string, number][][];
  }[];
  /** Older and younger, each in order of arrival, with `<source>\n<id>` in place of the sequence. */
  unnumbered: [string, string, number][][];
}

export function createSourceStates(from?: SourceStatesDump): SourceStates {
  // Insertion order is order of last touch: the first entry is the one to forget.
  const sources = new Map<string, SourceState>();
  const unnumbered: Generations = { older: new Map(), younger: new Map() };
  const touched = new Set<SourceState>();
  /** The state last touched of each source: most events need no key of their own. */
  const latestOf = new Map<string, SourceState>();
  let remembered = 0;

  for (const { source, epoch, highest, missing, seen } of from?.sources ?? []) {
    const state = { source, epoch, highest, missing, recent: createRecentNumbers() };
    for (const [sequence, digest, offset] of seen.flat()) {
      remembered += state.recent.remember(sequence, { digest: fromBase64(digest), offset });
    }
    sources.set(keyOf(source, epoch), state);
  }
  for (const [generation, entries] of [unnumbered.older, unnumbered.younger].entries()) {
    for (const [key, digest, offset] of from?.unnumbered[generation] ?? []) {
      entries.set(key, { digest: fromBase64(digest), offset });
    }
  }

  function touch(source: string, epoch: string | null): SourceState {
    const latest = latestOf.get(source);
    if (latest && latest.epoch === epoch && touched.has(latest)) return latest;
    const key = keyOf(source, epoch);
    const state = sources.get(key) ?? {
      source,
      epoch,
      highest: 0,
      recent: createRecentNumbers(),
      missing: [],
    };
    if (!touched.has(state)) {
      sources.delete(key);
      sources.set(key, state);
      touched.add(state);
    }
    latestOf.set(source, state);
    return state;
  }

  function remember(state: SourceState, sequence: number, seen: Seen): void {
    remembered += state.recent.remember(sequence, seen);
    if (remembered > REMEMBERED) forgetOldest();
  }

  function forgetOldest(): void {
    for (const state of sources.values()) {
      if (touched.has(state) || state.recent.size() === 0) continue;
      remembered -= state.recent.size();
      state.recent = createRecentNumbers();
      return;
    }
  }

  function placeNumbered(event: Delivered, sequence: number): CommittedDelivery {
    const state = touch(event.source, event.epoch);
    const seen = { digest: event.digest, offset: event.offset };
    if (sequence > state.highest) {
      const expected = state.highest + 1;
      state.highest = sequence;
      remember(state, sequence, seen);
      if (sequence === expected) return NEW;
      const missing = { from: expected, to: sequence - 1 };
      state.missing.push([missing.from, missing.to]);
      if (state.missing.length > MISSING_RANGES) state.missing.shift();
      return { kind: 'new', missing };
    }
    const before = state.recent.recall(sequence);
    if (before) {
      return { kind: before.digest === event.digest ? 'redelivery' : 'conflict', first: before.offset };
    }
    if (!takeMissing(state, sequence)) return { kind: 'redelivery' };
    remember(state, sequence, seen);
    return { kind: 'late' };
  }

  function placeUnnumbered(event: Delivered): CommittedDelivery {
    const key = `${event.source}\n${event.id}`;
    const before = recall(unnumbered, key);
    if (before) {
      return { kind: before.digest === event.digest ? 'redelivery' : 'conflict', first: before.offset };
    }
    memorise(unnumbered, key, { digest: event.digest, offset: event.offset });
    return NEW;
  }

  return {
    place: event =>
      event.sequence === null || event.sequence < 1
        ? placeUnnumbered(event)
        : placeNumbered(event, event.sequence),
    takeTouched() {
      const list = [...touched].map(({ source, epoch, highest }) => ({ source, epoch, highest }));
      touched.clear();
      latestOf.clear();
      return list;
    },
    dump: () => ({
      sources: [...sources.values()].map(({ source, epoch, highest, missing, recent }) => ({
        source,
        epoch,
        highest,
        missing: missing.map(([first, last]): [number, number] => [first, last]),
        seen: [entriesOf(recent.entries())],
      })),
      unnumbered: [entriesOf(unnumbered.older), entriesOf(unnumbered.younger)],
    }),
  };
}

const entriesOf = <K>(seen: Iterable<[K, Seen]>): [K, string, number][] =>
  Array.from(seen, ([key, { digest, offset }]) => [key, toBase64(digest), offset]);

const toBase64 = (binary: string): string => Buffer.from(binary, 'latin1').toString('base64');
const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

const NEW: CommittedDelivery = Object.freeze({ kind: 'new' });

const keyOf = (source: string, epoch: string | null) => (epoch === null ? source : `${source}\n${epoch}`);

/** Strikes `sequence` off the missing numbers; false when it was not among them. */
function takeMissing(state: SourceState, sequence: number): boolean {
  const at = state.missing.findIndex(([from, to]) => sequence >= from && sequence <= to);
  if (at < 0) return false;
  const [from, to] = state.missing[at]!;
  const rest: [number, number][] = [];
  if (from < sequence) rest.push([from, sequence - 1]);
  if (sequence < to) rest.push([sequence + 1, to]);
  state.missing.splice(at, 1, ...rest);
  return true;
}
