// SPDX-License-Identifier: Apache-2.0
// Follows one partition at leisure and keeps each stretch that is done. Any number of processes may do so at once.
import { setTimeout as rest } from 'node:timers/promises';
import { createPartitionReader, type PartitionReader } from './partition-reader.ts';
import { chainStart, type TrailStore } from './read-partition.ts';
import { createStretches, isDue } from './stretches.ts';

/** Rests so many times as long as it read: it shares its thread and disks with what must not wait. */
const RESTS = 9;

export interface StretchKeeper {
  /** Reads what was committed since the last call; resolves at the end of the chain, or where it breaks off. */
  keepUp(signal?: AbortSignal): Promise<void>;
}

export function createStretchKeeper(
  { ledger, objects, register }: TrailStore,
  { stream, partition }: { stream: string; partition: number },
): StretchKeeper {
  const stretches = createStretches({ objects, register: register.sha256, stream, partition });
  let reader: PartitionReader | undefined;
  let began = 0;
  let since: number | undefined;

  async function takeUp(): Promise<PartitionReader> {
    const newest = (await stretches.list()).at(-1);
    const from = newest
      ? (await stretches.read(newest)).position
      : await chainStart(ledger, stream, partition);
    began = from.next;
    return createPartitionReader({ stream, partition, keyAt: register.keyAt, from });
  }

  return {
    async keepUp(signal) {
      reader ??= await takeUp();
      for await (const segment of ledger.walk(stream, partition, reader.at().next)) {
        if (signal?.aborted) return;
        const start = performance.now();
        const followed = await reader.read(segment, at => {
          since ??= at;
        });
        if (!followed) return; // whoever asks for a statement is told; nothing behind it is kept
        if (isDue(reader.peek(), since!)) {
          await stretches.keep(began, reader.takeFacts(), reader.position());
          began = reader.at().next;
          since = undefined;
        }
        await rest(RESTS * (performance.now() - start), undefined, signal ? { signal, ref: true } : {}).catch(
          ignoreAbort,
        );
      }
    },
  };
}

function ignoreAbort(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}
