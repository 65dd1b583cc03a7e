// SPDX-License-Identifier: Apache-2.0
// The completeness of a trail: a statement about any interval, and the stretches that make it cheap.
import type { CompletenessStatement } from '@ashiato/schema';
import type { Period } from './gaps.ts';
import { type PartitionReading, readPartition, type TrailStore } from './read-partition.ts';
import { completenessStatement, type StatementFacts } from './statement.ts';
import { createStretchKeeper, type StretchKeeper } from './stretch-keeper.ts';

/** How long after an interval its last seals, late events and independent counts are waited for, ms. */
export const SETTLE_MS = 36 * 3_600_000;

export interface Completeness {
  /** About [from, to), ms since 1970, from the segments alone. */
  statement(period: Period, also?: Pick<StatementFacts, 'log' | 'projected'>): Promise<CompletenessStatement>;
  /** Reads on from where it was read last, at a tenth of one thread at most, and keeps every stretch that is done. */
  keepUp(signal?: AbortSignal): Promise<void>;
}

/** `store` is asked for each time, since the register may change while a process runs. */
export function createCompleteness(store: () => TrailStore): Completeness {
  async function* places({ ledger }: TrailStore) {
    for (const stream of await ledger.streams())
      for (const partition of await ledger.partitions(stream)) yield { stream, partition };
  }
  const keepers = new Map<string, StretchKeeper>();
  return {
    async statement({ from, to }, also) {
      const trail = store();
      const interval = { from, to, until: to + SETTLE_MS };
      const readings: PartitionReading[] = [];
      for await (const place of places(trail)) readings.push(await readPartition(trail, place, interval));
      return completenessStatement({ interval, register: trail.register, readings, ...also });
    },
    async keepUp(signal) {
      const trail = store();
      for await (const place of places(trail)) {
        if (signal?.aborted) return;
        // Under another register everything is read anew: other keys may count.
        const name = `${trail.register.sha256} ${place.stream}.${place.partition}`;
        const keeper = keepers.get(name) ?? createStretchKeeper(trail, place);
        keepers.set(name, keeper);
        await keeper.keepUp(signal);
      }
    },
  };
}
