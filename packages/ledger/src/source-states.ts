// SPDX-License-Identifier: Apache-2.0
// What a partition remembers of its sources, so that a repeated delivery is told from a new event (DESIGN 6
// "Re-delivery"). It is a pure function of the records in their order: rebuilt from segments, it is the same.
import type { CommittedDelivery, SegmentHeader } from '@ashiato/schema';

/** Deliveries remembered per source and epoch, at least; twice as many at most. */
export const WINDOW = 10_000;
/** Deliveries remembered per partition, all numbered sources together; the source touched longest ago is forgotten. */
const REMEMBERED = 500_000;
/** Events without a sequence remembered per partition, at least; twice as many at most. */
const UNNUMBERED_WINDOW = 100_000;
/** Ranges of missing numbers remembered per source and epoch. */
const MISSING_RANGES = 1_000;

interface Seen {
  digest: string;
  offset: number;
}

interface SourceState {
  source: string;
  epoch: string | null;
  highest: number;
  seen: Generations<number>;
  /** Numbers below `highest` that never came, as ascending half-closed pairs [from, to]. */
  missing: [number, number][];
}

/**
 * A memory of the last deliveries in two generations: when the younger is full, the older is dropped whole.
 * Deleting the oldest entry of one Map for every new one costs more than all the rest of a placement.
 */
interface Generations<K> {
  older: Map<K, Seen>;
  younger: Map<K, Seen>;
}

const generations = <K>(entries: [K, Seen][][] = [[], []]): Generations<K> => ({
  older: new Map(entries[0]),
  younger: new Map(entries[1]),
});

const recall = <K>(memory: Generations<K>, key: K): Seen | undefined =>
  memory.younger.get(key) ?? memory.older.get(key);

const sizeOf = <K>(memory: Generations<K>): number => memory.older.size + memory.younger.size;

/** Returns how many were forgotten to make room. */
function memorise<K>(memory: Generations<K>, key: K, seen: Seen, window: number): number {
  memory.younger.set(key, seen);
  if (memory.younger.size < window) return 0;
  const forgotten = memory.older.size;
  memory.older = memory.younger;
  memory.younger = new Map();
  return forgotten;
}

/** One event as this room needs it; `digest` = SHA-256 of its bytes with encrypted members as `null`, base64. */
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
    /** Older and younger generation, each in order of arrival: sequence, digest, offset. */
    seen: [number, string, number][][];
  }[];
  /** The same with `<source>\n<id>` in place of the sequence. */
  unnumbered: [string, string, number][][];
}

export function createSourceStates(from?: SourceStatesDump): SourceStates {
  // Insertion order of both maps is order of last touch: the first entry is the one to forget.
  const sources = new Map<string, SourceState>();
  const unnumbered = generations(load(from?.unnumbered));
  const touched = new Set<SourceState>();
  let remembered = 0;

  for (const { source, epoch, highest, missing, seen } of from?.sources ?? []) {
    const state = { source, epoch, highest, missing, seen: generations(load(seen)) };
    sources.set(keyOf(source, epoch), state);
    remembered += sizeOf(state.seen);
  }

  function touch(source: string, epoch: string | null): SourceState {
    const key = keyOf(source, epoch);
    const state = sources.get(key) ?? { source, epoch, highest: 0, seen: generations(), missing: [] };
    if (!touched.has(state)) {
      sources.delete(key);
      sources.set(key, state);
      touched.add(state);
    }
    return state;
  }

  function remember(state: SourceState, sequence: number, seen: Seen): void {
    remembered += 1 - memorise(state.seen, sequence, seen, WINDOW);
    if (remembered > REMEMBERED) forgetOldest();
  }

  function forgetOldest(): void {
    for (const state of sources.values()) {
      if (touched.has(state) || sizeOf(state.seen) === 0) continue;
      remembered -= sizeOf(state.seen);
      state.seen = generations();
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
    const before = recall(state.seen, sequence);
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
    memorise(unnumbered, key, { digest: event.digest, offset: event.offset }, UNNUMBERED_WINDOW);
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
      return list;
    },
    dump: () => ({
      sources: [...sources.values()].map(({ source, epoch, highest, missing, seen }) => ({
        source,
        epoch,
        highest,
        missing,
        seen: save(seen),
      })),
      unnumbered: save(unnumbered),
    }),
  };
}

const save = <K>({ older, younger }: Generations<K>): [K, string, number][][] =>
  [older, younger].map(map => [...map].map(([key, { digest, offset }]) => [key, digest, offset]));

const load = <K>(saved?: [K, string, number][][]): [K, Seen][][] | undefined =>
  saved?.map(list => list.map(([key, digest, offset]) => [key, { digest, offset }]));

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
