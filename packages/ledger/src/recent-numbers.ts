// SPDX-License-Identifier: Apache-2.0
// The last numbers of one source, each with the digest and offset of its delivery: a ring by number, in plain
// arrays. A Map of half a million small objects would be walked by the garbage collector again and again.
import { HASH_BYTES } from '@ashiato/tlog';

/** Numbers remembered per source and epoch: none of the last so many is forgotten. A power of two. */
export const WINDOW = 16_384;
const FIRST_PLACES = 16;

export interface Seen {
  /** SHA-256 as a binary string. */
  digest: string;
  offset: number;
}

export interface RecentNumbers {
  recall(sequence: number): Seen | undefined;
  /**
   * Remembers a number, unless a newer one needs its place; returns by how many the remembered ones became more.
   * What is remembered follows from the calls alone, not from when the ring grew.
   */
  remember(sequence: number, seen: Seen): 0 | 1;
  size(): number;
  /** By ascending number. */
  entries(): [number, Seen][];
}

interface Ring {
  /** 0 = free. */
  numbers: Float64Array;
  offsets: Float64Array;
  digests: Buffer;
}

const createRing = (places: number): Ring => ({
  numbers: new Float64Array(places),
  offsets: new Float64Array(places),
  digests: Buffer.alloc(places * HASH_BYTES),
});

export function createRecentNumbers(): RecentNumbers {
  let ring = createRing(FIRST_PLACES);
  let size = 0;

  const placeOf = (sequence: number): number => sequence % ring.numbers.length;
  const seenAt = (place: number): Seen => ({
    digest: ring.digests.toString('latin1', place * HASH_BYTES, (place + 1) * HASH_BYTES),
    offset: ring.offsets[place]!,
  });

  function put(place: number, sequence: number, { digest, offset }: Seen): void {
    ring.numbers[place] = sequence;
    ring.offsets[place] = offset;
    ring.digests.write(digest, place * HASH_BYTES, 'latin1');
  }

  function entries(): [number, Seen][] {
    const found: [number, Seen][] = [];
    for (const [place, number] of ring.numbers.entries()) if (number > 0) found.push([number, seenAt(place)]);
    return found.sort((a, b) => a[0] - b[0]);
  }

  /** Below the window a place taken means more places, never a number forgotten. */
  function grow(): void {
    const before = entries();
    ring = createRing(ring.numbers.length * 2);
    for (const [number, seen] of before) put(placeOf(number), number, seen);
  }

  return {
    recall(sequence) {
      const place = placeOf(sequence);
      return ring.numbers[place] === sequence ? seenAt(place) : undefined;
    },
    remember(sequence, seen) {
      for (;;) {
        const place = placeOf(sequence);
        const there = ring.numbers[place]!;
        if (there === 0 || there === sequence) {
          put(place, sequence, seen);
          if (there === sequence) return 0;
          size++;
          return 1;
        }
        if (ring.numbers.length < WINDOW) grow();
        else {
          if (there < sequence) put(place, sequence, seen);
          return 0;
        }
      }
    },
    size: () => size,
    entries,
  };
}
