// SPDX-License-Identifier: Apache-2.0
// The service's signed statements "up to here, with this Merkle root": at start, each interval, and at stop.
// A seal has no sequence of its own: it speaks of numbers, and follows the last of them in the same partition.
import { hash, type KeyObject, sign } from 'node:crypto';
import { ACCESS_TYPE, type ParsedEvent, SEAL_TYPE, type Seal, signedText } from '@ashiato/schema';
import { createTree, leafHash, toHex } from '@ashiato/tlog';
import { v7 } from 'uuid';
import type { Origin } from './event-bytes.ts';

export interface Sealer {
  /** Takes in events that have their place on disk, in the order of their numbers. */
  cover(events: readonly { value: Uint8Array }[]): void;
  /** The next seal over all that was taken in since the last one. It counts once `written` is called, before any more is taken in. */
  next(stopping: boolean): { bytes: Buffer; written: () => void };
}

/** How far an epoch of a source got. */
export interface EpochEnd {
  source: string;
  epoch: number;
  last: number;
}

export interface SealerOptions {
  origin: Origin;
  key: KeyObject;
  /** Seconds between two seals. */
  interval: number;
  now: () => number;
  /** The end of the epoch before this one, where the spool folder still knows one. */
  previous: EpochEnd | undefined;
}

export function createSealer({ origin, key, interval, now, previous }: SealerOptions): Sealer {
  let tree = createTree();
  let first = 1;
  let reason: 'start' | 'interval' = 'start';
  let previousSeal: string | undefined;

  function seal(stopping: boolean, time: string): Seal {
    const known = reason === 'start' && previous?.source === origin.source ? previous : undefined;
    const unsigned = {
      source: origin.source,
      epoch: String(origin.epoch),
      first: String(first),
      last: String(first + tree.size - 1),
      root: toHex(tree.root()),
      ...(previousSeal && { previous_seal: previousSeal }),
      interval,
      time,
      reason: stopping ? ('stop' as const) : reason,
      ...(known && { previous_epoch: { epoch: String(known.epoch), last: String(known.last) } }),
    };
    return { ...unsigned, signature: sign(null, Buffer.from(signedText(unsigned)), key).toString('base64') };
  }

  return {
    cover(events) {
      for (const { value } of events) tree.append(entryHash(value));
    },
    next(stopping) {
      const time = new Date(now()).toISOString();
      const size = tree.size;
      const bytes = Buffer.from(
        JSON.stringify({
          specversion: '1.0',
          id: v7(),
          source: origin.source,
          type: SEAL_TYPE,
          time,
          datacontenttype: 'application/json',
          sourceepoch: String(origin.epoch),
          partitionkey: origin.partitionKey,
          data: seal(stopping, time),
        }),
      );
      const written = () => {
        tree = createTree();
        first += size;
        reason = 'interval';
        previousSeal = hash('sha256', bytes);
      };
      return { bytes, written };
    },
  };
}

/** An entry of the sealed tree is the SHA-256 of an event's bytes, so that who holds digests alone can check it. */
export const entryHash = (event: Uint8Array): Uint8Array =>
  leafHash(Buffer.from(hash('sha256', event, 'binary'), 'latin1'));

/** How far the epoch got whose newest event this is; undefined when the bytes are neither an access nor a seal. */
export function epochEndOf(newest: Uint8Array): EpochEnd | undefined {
  const { type, source, sourceepoch, sequence, data } = JSON.parse(
    Buffer.from(newest).toString(),
  ) as ParsedEvent;
  const last = type === ACCESS_TYPE ? sequence : type === SEAL_TYPE ? data?.last : undefined;
  return last === undefined ? undefined : { source, epoch: Number(sourceepoch), last: Number(last) };
}
