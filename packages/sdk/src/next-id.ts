// SPDX-License-Identifier: Apache-2.0
import { randomFillSync, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
// uuid itself asks the system for randomness every sixteenth time, which costs more than all else that an id costs.
const pool = Buffer.alloc(RANDOM_BYTES * 512);
let used = pool.length;
let msecs = 0;
let seq = 0;

/** A UUIDv7 (RFC 9562) greater than every one this process has made before; `now` in ms since 1970. */
export function nextId(now: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  if (now > msecs) {
    msecs = now;
    seq = pool.readUInt16BE(used);
  } else if (++seq === 2 ** 32) {
    // More ids in a millisecond than it has room for, or a clock that stands still: the next millisecond's are free.
    msecs++;
    seq = randomInt(2 ** 16);
  }
  used += RANDOM_BYTES;
  return v7({ msecs, seq, random: pool.subarray(used - RANDOM_BYTES, used) });
}
