// SPDX-License-Identifier: Apache-2.0
// One assigned partition: a bounded read-ahead between the fetch loop and the subscriber.
import type { Chunk } from '../queue.ts';
import { type Bell, createBell } from '../signal.ts';
import { expiredChunk } from '../start-offset.ts';
import { decodeChunk } from './decode-chunk.ts';
import type { Fetched } from './fetch.ts';

export interface PartitionReader {
  readonly topic: string;
  readonly partition: number;
  /** The offset to fetch next. */
  wanted(): number;
  /** Whether the read-ahead takes more. */
  hasRoom(): boolean;
  /** Takes what a fetch from `wanted()` brought. Decompression begins now, beside the subscriber's work. */
  offer(fetched: Fetched): void;
  /** The log begins at `low` now, beyond what we wanted. */
  skipExpired(low: number, high: number): void;
  /** Hands chunks over until aborted; rejects with the subscriber's failure or `OFFSET_HOLE`. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PartitionReaderDeps {
  topic: string;
  partition: number;
  start: number;
  readAheadBytes: number;
  /** Rung when room was made. */
  room: Bell;
  onChunk: (chunk: Chunk) => Promise<void>;
  cleanupPolicy: (topic: string) => Promise<string>;
}

interface Ahead {
  bytes: number;
  chunk: Promise<Chunk>;
}

export function createPartitionReader(deps: PartitionReaderDeps): PartitionReader {
  const { topic, partition, cleanupPolicy } = deps;
  const ahead: Ahead[] = [];
  const arrived = createBell();
  let aheadBytes = 0;
  let wanted = deps.start;
  // Nothing can be read beyond bytes that are no batch: run() is about to say so.
  let stuck = false;

  function push(bytes: number, begin: (entry: { bytes: number }) => Promise<Chunk>): void {
    const entry = { bytes };
    const chunk = begin(entry);
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    chunk.catch(() => undefined);
    ahead.push(Object.assign(entry, { chunk }));
    aheadBytes += bytes;
    arrived.ring();
  }

  return {
    topic,
    partition,
    wanted: () => wanted,
    hasRoom: () => !stuck && aheadBytes < deps.readAheadBytes,
    offer(fetched) {
      const last = fetched.batches.at(-1)?.last;
      if (fetched.unreadable === undefined && (last === undefined || last < wanted)) return;
      push(fetched.bytes, entry => {
        const onGrown = (bytes: number) => {
          entry.bytes += bytes;
          aheadBytes += bytes;
        };
        return decodeChunk(wanted, fetched, { cleanupPolicy, onGrown });
      });
      if (fetched.unreadable !== undefined) stuck = true;
      else wanted = last! + 1;
    },
    skipExpired(low, high) {
      if (low <= wanted) return;
      const chunk = expiredChunk(topic, partition, wanted, low, high);
      push(0, async () => chunk);
      wanted = low;
    },
    async run(signal) {
      while (!signal.aborted) {
        const first = ahead[0];
        if (first === undefined) {
          await arrived.wait(signal);
          continue;
        }
        const chunk = await first.chunk;
        if (signal.aborted) return;
        await deps.onChunk(chunk);
        ahead.shift();
        aheadBytes -= first.bytes;
        deps.room.ring();
      }
    },
  };
}
