// SPDX-License-Identifier: Apache-2.0
// Expiry (EVIDENCE 7): whole segments past their date go, from the beginning of their chain on; a tombstone event and a
// start pointer stay. The log keeps their leaves, so that proofs outlive payloads.
import { type Ledger, writeStart } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import { appendedRange } from './apply-holds.ts';
import { controlEventsOf } from './control-events.ts';
import { RetentionError } from './errors.ts';
import { carriesHold, type Hold, isHeld } from './holds.ts';

/** What of one partition may go now, and why the next one stays. */
export interface Due {
  stream: string;
  partition: number;
  /** First and last offset; null where nothing is due. */
  from: number | null;
  to: number | null;
  segments: number;
  records: number;
  /** Oldest first: segments, and with them the keys of members kept encrypted. */
  keys: string[];
  last_sha256: string | null;
  /** What keeps the first segment that stays. */
  stays: { because: 'period' | 'hold' | 'last' | 'empty'; until: string | null; hold: string | null };
}

interface Store {
  ledger: Ledger;
  objects: ObjectStore;
}

/** Looks only. The last segment of a chain always stays, so that the chain can go on. */
export async function findDue(
  { ledger, objects }: Store,
  { stream, partition }: { stream: string; partition: number },
  holds: readonly Hold[],
  now: Date,
): Promise<Due> {
  const due: Due = {
    stream,
    partition,
    from: null,
    to: null,
    segments: 0,
    records: 0,
    keys: [],
    last_sha256: null,
    stays: { because: 'empty', until: null, hold: null },
  };
  for await (const segment of ledger.walk(stream, partition)) {
    const { header, key, sha256 } = segment;
    const { from, to } = appendedRange(segment);
    const hold = isHeld(holds, stream, from, to) ?? carriesHold(holds, header);
    const { retainUntil, legalHold } = await objects.retention(key);
    const until = retainUntil?.toISOString() ?? null;
    if (hold || legalHold) return { ...due, stays: { because: 'hold', until, hold: hold?.hold ?? null } };
    if (retainUntil !== null && retainUntil > now)
      return { ...due, stays: { because: 'period', until, hold: null } };
    if (!(await ledger.read(stream, partition, header.to + 1)))
      return { ...due, stays: { because: 'last', until, hold: null } };
    due.from ??= header.from;
    due.to = header.to;
    due.segments++;
    due.records += header.records;
    due.keys.push(key, ...(header.keys === null ? [] : [header.keys]));
    due.last_sha256 = sha256;
  }
  return due;
}

/** What `expire` publishes as `io.ashiato.control.segments_expired.v1`. */
export interface Tombstone {
  stream: string;
  partition: number;
  from: number;
  to: number;
  segments: number;
  records: number;
  last_sha256: string;
}

/** Every tombstone there is, by the id of its event: what a start pointer must name one of. */
export async function readTombstones(ledger: Ledger): Promise<Map<string, Tombstone>> {
  const found = new Map<string, Tombstone>();
  for await (const { id, data } of controlEventsOf(ledger, ['io.ashiato.control.segments_expired.v1']))
    found.set(id, data as unknown as Tombstone);
  return found;
}

/**
 * Tombstone, start pointer, removal, in this order: if we die between two, the next call does the rest (`sweep`).
 * `publish` MUST be durable when it resolves, with the id of the event. `retainUntil` is the pointer's own.
 */
export async function expire(
  store: Store,
  due: Due,
  { publish, retainUntil }: { publish(tombstone: Tombstone): Promise<string>; retainUntil: Date },
): Promise<string[]> {
  const { stream, partition, from, to, segments, records, last_sha256 } = due;
  if (from === null || to === null || last_sha256 === null) return [];
  const tombstone = await publish({ stream, partition, from, to, segments, records, last_sha256 });
  await writeStart(
    store.objects,
    { stream, partition, from: to + 1, previous: last_sha256, tombstone },
    retainUntil,
  );
  return removeAll(store.objects, due.keys);
}

/** Removes what a start pointer left behind when its process died; resolves with the keys. */
export async function sweep(
  { ledger, objects }: Store,
  { stream, partition }: { stream: string; partition: number },
): Promise<string[]> {
  const { from } = await ledger.start(stream, partition);
  const left: string[] = [];
  for (const kind of ['segments', 'keys']) {
    const folder = `${kind}/${stream}/${String(partition).padStart(5, '0')}/`;
    for await (const { key } of objects.list(folder)) {
      if (Number(key.slice(folder.length, folder.length + 20)) >= from) break;
      left.push(key);
    }
  }
  return removeAll(objects, left);
}

async function removeAll(objects: ObjectStore, keys: readonly string[]): Promise<string[]> {
  for (const key of keys) {
    const removed = await objects.remove(key);
    if (removed.outcome !== 'refused') continue;
    const why = removed.legalHold
      ? 'a legal hold'
      : `its period, until ${removed.retainUntil?.toISOString()}`;
    throw new RetentionError('CHAIN', `${key} lies before the start of its chain, but ${why} keeps it`);
  }
  return [...keys];
}
