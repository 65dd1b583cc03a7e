// SPDX-License-Identifier: Apache-2.0
// What a partition remembers of its sources, so that a repeated delivery is told from a new event (DESIGN 6
// "Re-delivery"). It is a pure function of the records in their order: rebuilt from segments, it is the same.
import type { CommittedDelivery, SegmentHeader } from '@ashiato/schema';

/** Deliveries remembered per source and epoch. */
export const WINDOW = 10_000;
/** Deliveries remembered per partition, all numbered sources together; the source touched longest ago is forgotten. */
const REMEMBERED = 500_000;
/** Events without a sequence remembered per partition. */
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
  seen: Map<number, Seen>;
  /** Numbers below `highest` that never came, as ascending half-closed pairs [from, to]. */
  missing: [number, number][];
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
    seen: [number, string, number][];
  }[];
  unnumbered: [string, string, number][];
}

export function createSourceStates(from?: SourceStatesDump): SourceStates {
  // Insertion order of both maps is order of last touch: the first entry is the one to forget.
  const sources = new Map<string, SourceState>();
  const unnumbered = new Map<string, Seen>();
  const touched = new Set<SourceState>();
  let remembered = 0;

  for (const { source, epoch, highest, missing, seen } of from?.sources ?? []) {
    const window = new Map(seen.map(([sequence, digest, offset]) => [sequence, { digest, offset }]));
    sources.set(keyOf(source, epoch), { source, epoch, highest, missing, seen: window });
    remembered += window.size;
  }
  for (const [key, digest, offset] of from?.unnumbered ?? []) unnumbered.set(key, { digest, offset });

  function touch(source: string, epoch: string | null): SourceState {
    const key = keyOf(source, epoch);
    const state = sources.get(key) ?? { source, epoch, highest: 0, seen: new Map(), missing: [] };
    if (!touched.has(state)) {
      sources.delete(key);
      sources.set(key, state);
      touched.add(state);
    }
    return state;
  }

  function remember(state: SourceState, sequence: number, seen: Seen): void {
    state.seen.set(sequence, seen);
    remembered++;
    if (state.seen.size > WINDOW) {
      state.seen.delete(state.seen.keys().next().value!);
      remembered--;
    }
    if (remembered > REMEMBERED) forgetOldest();
  }

  function forgetOldest(): void {
    for (const state of sources.values()) {
      if (touched.has(state) || state.seen.size === 0) continue;
      remembered -= state.seen.size;
      state.seen.clear();
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
    const before = state.seen.get(sequence);
    if (before) {
      return { kind: before.digest === event.digest ? 'redelivery' : 'conflict', first: before.offset };
    }
    if (!takeMissing(state, sequence)) return { kind: 'redelivery' };
    remember(state, sequence, seen);
    return { kind: 'late' };
  }

  function placeUnnumbered(event: Delivered): CommittedDelivery {
    const key = `${event.source}\n${event.id}`;
    const before = unnumbered.get(key);
    if (before) {
      return { kind: before.digest === event.digest ? 'redelivery' : 'conflict', first: before.offset };
    }
    unnumbered.set(key, { digest: event.digest, offset: event.offset });
    if (unnumbered.size > UNNUMBERED_WINDOW) unnumbered.delete(unnumbered.keys().next().value!);
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
        seen: [...seen].map(([sequence, { digest, offset }]): [number, string, number] => [
          sequence,
          digest,
          offset,
        ]),
      })),
      unnumbered: [...unnumbered].map(([key, { digest, offset }]): [string, string, number] => [
        key,
        digest,
        offset,
      ]),
    }),
  };
}

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
