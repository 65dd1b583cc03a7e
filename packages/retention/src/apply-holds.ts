// SPDX-License-Identifier: Apache-2.0
// Marks the objects that holds cover, and takes the marks off where none does any more. Repeatable: it is run after
// each hold, and again before anything expires.
import type { Ledger, Segment } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import type { EventLine } from '@ashiato/schema';
import { type Hold, isHeld } from './holds.ts';

export interface AppliedHolds {
  /** Segments under a hold, and how many marks were set and taken off now. */
  held: number;
  set: number;
  lifted: number;
}

export async function applyHolds(
  { ledger, objects }: { ledger: Ledger; objects: ObjectStore },
  holds: readonly Hold[],
  onProgress: (segments: number, place: string) => void = () => {},
): Promise<AppliedHolds> {
  const applied: AppliedHolds = { held: 0, set: 0, lifted: 0 };
  let segments = 0;
  for (const stream of new Set(holds.map(hold => hold.stream))) {
    for (const partition of await ledger.partitions(stream)) {
      for await (const segment of ledger.walk(stream, partition)) {
        const { from, to } = appendedRange(segment);
        const on = isHeld(holds, stream, from, to) !== undefined;
        if (on) applied.held++;
        // The keys of members kept encrypted: without them the evidence would be there and could not be read.
        for (const key of [segment.key, segment.header.keys]) {
          if (key === null || (await objects.retention(key)).legalHold === on) continue;
          await objects.setLegalHold(key, on);
          applied[on ? 'set' : 'lifted']++;
        }
        onProgress(++segments, `${stream}.${partition}`);
      }
    }
  }
  return applied;
}

/** Broker's clock at the first and the last record, ms since 1970: it never falls within a partition. */
export function appendedRange({ raw }: Segment): { from: number; to: number } {
  const first = raw.indexOf(10) + 1;
  const last = raw.lastIndexOf(10, raw.length - 2) + 1;
  const at = (start: number) =>
    (JSON.parse(raw.toString('utf8', start, raw.indexOf(10, start))) as EventLine).appended_at;
  return { from: at(first), to: at(last) };
}
