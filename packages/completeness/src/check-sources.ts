// SPDX-License-Identifier: Apache-2.0
// Holds the seals of one partition against the events before them (EVIDENCE 3), record by record in their order.
// Pure: the same records and the same register give the same facts, wherever they are read.
import { leafHash } from '@ashiato/tlog';
import { cachedKeys, type KeyAt, type TellFault, takeSeal } from './check-seal.ts';
import { type Epoch, type EpochDump, emptyFacts, type LiveEpoch, liveOf, newEpoch } from './epoch.ts';
import { addRange, type EpochFacts, nameOf } from './facts.ts';
import { createNumbers } from './numbers.ts';
import type { SourceRecord } from './read-records.ts';

/** An epoch without any record for so long is forgotten, ms; its silence was told. */
const FORGOTTEN_AFTER_MS = 30 * 86_400_000;
const HOUR_MS = 3_600_000;

export interface SourceCheck {
  /** The record's bytes, too: a seal is named by their SHA-256 in the next one. */
  take(record: SourceRecord): void;
  /** What the records since the last call showed, by epoch in order of first appearance. */
  takeFacts(): EpochFacts[];
  /** How every epoch stands that is remembered. */
  live(): LiveEpoch[];
  /** Forgets what was silent for long before `at` (the broker's clock, ms since 1970), and tells the rest. */
  dump(at: number): SourceCheckDump;
}

export interface SourceCheckDump {
  epochs: EpochDump[];
}

export function createSourceCheck({
  stream,
  partition,
  keyAt,
  from,
}: {
  stream: string;
  partition: number;
  keyAt: KeyAt;
  from?: SourceCheckDump | undefined;
}): SourceCheck {
  const epochs = new Map<string, Epoch>(
    from?.epochs.map(kept => [nameOf(kept), { ...kept, numbers: createNumbers(kept.numbers) }]),
  );
  let facts = new Map<string, EpochFacts>();
  const keyOf = cachedKeys(keyAt);

  function take(record: SourceRecord): void {
    if (record.kind === 'other' || record.delivery.kind === 'redelivery') return;
    const epoch = epochOf(record);
    const found = factsOf(record);
    const since = record.kind === 'seal' ? (epoch.lastSeal ?? epoch.began) : epoch.lastTime;
    const fault: TellFault = told =>
      void found.faults.push({ offset: record.offset, since, until: record.appendedAt, ...told });
    if (record.delivery.kind === 'conflict') {
      const number = record.sequence;
      return void fault({ code: 'conflict', ...(number === null ? {} : { first: number, last: number }) });
    }
    if (record.kind === 'access') takeAccess(record, epoch, found, fault);
    else takeSeal(record, epoch, found, { keyOf, fault });
    for (const [first, last] of epoch.numbers.givenUp()) fault({ code: 'missing_numbers', first, last });
    found.last_at = epoch.lastAt = record.appendedAt;
    // Broken clocks must not hide what came after.
    if (!Number.isNaN(record.time))
      epoch.lastTime = Math.min(Math.max(epoch.lastTime, record.time), record.appendedAt);
  }

  function takeAccess(record: SourceRecord, epoch: Epoch, found: EpochFacts, fault: TellFault): void {
    found.records++;
    if (!Number.isNaN(record.time)) {
      const hour = Math.floor(record.time / HOUR_MS);
      found.hours[hour] = (found.hours[hour] ?? 0) + 1;
    }
    const { sequence, digest, delivery } = record;
    if (sequence === null) return void found.unnumbered++;
    found.first = Math.min(found.first ?? sequence, sequence);
    found.last = Math.max(found.last ?? sequence, sequence);
    if (!epoch.keyed && keyOf(record.source, record.appendedAt)) {
      epoch.keyed = true;
      epoch.numbers = createNumbers(delivery.missing?.from ?? sequence);
    }
    epoch.unkeyed ||= !epoch.keyed;
    if (epoch.keyed && sequence >= epoch.numbers.first)
      epoch.numbers.take(sequence, digest && leafHash(digest));
    // Found missing before, by a seal or by the numbers alone: it is there after all, and no root speaks of it.
    else if (epoch.keyed || delivery.kind === 'late') found.late = addRange(found.late, [sequence, sequence]);
    // Nobody will seal these numbers, so there is nothing to wait for.
    else if (delivery.missing)
      fault({ code: 'missing_numbers', first: delivery.missing.from, last: delivery.missing.to });
  }

  function epochOf(record: SourceRecord): Epoch {
    const key = nameOf(record);
    const known = epochs.get(key);
    if (known) return known;
    const made = newEpoch(record);
    epochs.set(key, made);
    return made;
  }

  function factsOf(record: SourceRecord): EpochFacts {
    const key = nameOf(record);
    const found = facts.get(key) ?? emptyFacts(record, stream, partition);
    facts.set(key, found);
    return found;
  }

  return {
    take,
    takeFacts() {
      const list = [...facts.values()];
      facts = new Map();
      return list;
    },
    live: () => [...epochs.values()].map(liveOf),
    dump(at) {
      for (const [name, { lastAt }] of epochs) if (at - lastAt > FORGOTTEN_AFTER_MS) epochs.delete(name);
      return { epochs: [...epochs.values()].map(epoch => ({ ...epoch, numbers: epoch.numbers.dump() })) };
    },
  };
}
