// SPDX-License-Identifier: Apache-2.0
// Destruction orders: the keys of members kept encrypted, or an extract. Refused while a hold or a legal period
// stands, with the date when the order may be repeated; either way a control event says so.
import { type Ledger, segmentKey } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import { appendedRange } from './apply-holds.ts';
import { RetentionError } from './errors.ts';
import { type Hold, isHeld } from './holds.ts';

/** `until`: when the order may be repeated, RFC 3339; null = when the hold is released. */
export type DestructionRefusal = { because: 'hold' | 'period'; until: string | null; hold: string | null };

const KEYS = /^keys\/([^/]+)\/(\d{5})\/(\d{20})\.[0-9a-f-]{36}\.json$/;
const EXTRACT = /^extracts\/.+$/;

interface Store {
  ledger: Ledger;
  objects: ObjectStore;
}

/** Why the object may not be destroyed now; undefined when it may. Throws `TARGET` for what no order can destroy. */
export async function refusalOf(
  { ledger, objects }: Store,
  target: string,
  holds: readonly Hold[],
  now: Date,
): Promise<DestructionRefusal | undefined> {
  const keys = KEYS.exec(target);
  if (!keys && !EXTRACT.test(target))
    throw new RetentionError(
      'TARGET',
      `${target}: expected an object under keys/ or extracts/; evidence itself only expires`,
    );
  if (!(await objects.has(target))) throw new RetentionError('TARGET', `${target}: there is no such object`);
  const { retainUntil, legalHold } = await objects.retention(target);
  if (legalHold) return { because: 'hold', until: null, hold: null };
  if (keys) {
    const [stream, partition, from] = [keys[1]!, Number(keys[2]), Number(keys[3])];
    const segment = await ledger.read(stream, partition, from);
    // An orphan of a race that was lost, or of an expired segment, belongs to no record.
    if (segment?.header.keys === target && segment.key === segmentKey(stream, partition, from)) {
      const range = appendedRange(segment);
      const hold = isHeld(holds, stream, range.from, range.to);
      if (hold) return { because: 'hold', until: null, hold: hold.hold };
    }
  }
  if (retainUntil !== null && retainUntil > now)
    return { because: 'period', until: retainUntil.toISOString(), hold: null };
  return undefined;
}

/**
 * Carries an order out. `publish` MUST be durable when it resolves, and comes before the removal: if we die between,
 * the order stands and is carried out when it is given again.
 */
export async function destroy(
  store: Store,
  target: string,
  {
    holds,
    now,
    publish,
  }: {
    holds: readonly Hold[];
    now: Date;
    publish(
      event: { kind: 'destruction_ordered' } | ({ kind: 'destruction_refused' } & DestructionRefusal),
    ): Promise<unknown>;
  },
): Promise<DestructionRefusal | undefined> {
  const refusal = await refusalOf(store, target, holds, now);
  await publish(refusal ? { kind: 'destruction_refused', ...refusal } : { kind: 'destruction_ordered' });
  if (refusal) return refusal;
  const removed = await store.objects.remove(target);
  if (removed.outcome === 'refused')
    return {
      because: removed.legalHold ? 'hold' : 'period',
      until: removed.retainUntil?.toISOString() ?? null,
      hold: null,
    };
  return undefined;
}
