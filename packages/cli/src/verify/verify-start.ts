// SPDX-License-Identifier: Apache-2.0
// A chain that begins behind what has expired: the control stream must say so.
import type { ChainStart, Ledger } from '@ashiato/ledger';
import { readTombstones } from '@ashiato/retention';
import type { Fault } from './fault.ts';

/** Whoever takes the beginning of a chain away could write a start pointer; the tombstone is in another chain. */
export async function verifyStart(
  ledger: Ledger,
  { stream, partition }: { stream: string; partition: number },
  { from, previous, tombstone }: ChainStart,
): Promise<Fault[]> {
  const told = (await readTombstones(ledger)).get(tombstone!);
  const agrees =
    told?.stream === stream &&
    told.partition === partition &&
    told.to + 1 === from &&
    told.last_sha256 === previous;
  if (agrees) return [];
  const fault = `begins at offset ${from}, but no tombstone in the control stream says that what was before has expired`;
  return [{ kind: 'chain', place: `${stream}.${partition}`, fault }];
}
