// SPDX-License-Identifier: Apache-2.0
// Checks the log of a trail from its stored objects: batches give entries, entries give roots, roots must be those of
// every head and every signed checkpoint. Since all are of one sequence, the checkpoints continue each other.
import { LedgerError } from '@ashiato/ledger';
import { afterEntries, emptyHead, type Log, type LogHead, numberOf } from '@ashiato/ledger/log';
import { openStamp } from '@ashiato/ledger/time-stamp';
import type { ObjectStore } from '@ashiato/objects';
import { createTree, leafHash, Malformed, toHex } from '@ashiato/tlog';
import { openCheckpoint, parseVkey, type VerifierKey } from '@ashiato/tlog/note';
import type { Fault } from './fault.ts';
import { createLeafHashes, type LeafHashes, verifyTiles } from './verify-tiles.ts';

export interface LogReport {
  /** Entries of the newest committed head. */
  size: number;
  root: string;
  checkpoints: number;
  /** Entries under the newest checkpoint; null when none is published. */
  checkpoint: number | null;
  /** The key that the checkpoints were verified with, and whether it came from the caller or from the trail itself. */
  key: string | null;
  pinned: boolean;
  /** RFC 3161 stamps over checkpoints; whether their authority is to be trusted is not looked at. */
  stamps: number;
  /** Committed segments that have no entry yet. */
  unlogged: number;
}

export interface VerifiedLog {
  report: LogReport;
  leaves: LeafHashes;
  /** Index of the entry of each segment, by the segment's key. */
  entryOf: ReadonlyMap<string, number>;
  /** Sizes after which a batch follows, ascending. */
  batches: readonly number[];
  /** Every `<stream>.<partition>` that has entries. */
  places: readonly string[];
  policies: ReadonlySet<string>;
}

interface Deps {
  objects: ObjectStore;
  log: Log;
}

/** Reads the whole log up to its newest head. Faults go into `faults`; what is behind a hole is not looked at. */
export async function verifyLog(
  deps: Deps,
  {
    logKey,
    faults,
    onProgress,
  }: { logKey: string | undefined; faults: Fault[]; onProgress: (entries: number) => void },
): Promise<VerifiedLog> {
  const entryOf = new Map<string, number>();
  const policies = new Set<string>();
  const leaves = createLeafHashes();
  const roots = new Map<number, string>();
  const batches: number[] = [];
  // A damaged newest head does not say how far the batches reach; the walk then ends at it, with its fault.
  const end = await deps.log.head().catch(onlyLedger);
  const tree = createTree();
  let head = emptyHead();
  while (!end || head.size < end.size) {
    const next = await nextHead(deps.log, head, faults, entries => {
      for (const hash of entries.map(entry => leafHash(Buffer.from(entry)))) {
        tree.append(hash);
        leaves.append(hash);
      }
      return toHex(tree.root());
    });
    if (!next) break;
    batches.push(head.size);
    for (const [i, leaf] of next.leaves.entries()) {
      if (leaf.kind === 'segment') entryOf.set(leaf.key, head.size + i);
      else policies.add(leaf.sha256);
    }
    head = next.head;
    roots.set(head.size, head.root);
    onProgress(head.size);
  }
  // Up to here the entries are known; what stands behind a fault cannot be told right or wrong.
  if (head.size === end?.size) await verifyTiles(deps.objects, leaves, faults);
  const told = logKey ?? (await deps.log.vkey());
  const checkpoints = await verifyCheckpoints(deps, told, roots, head.size, faults);
  const stamps = await verifyStamps(deps, faults);
  return {
    report: {
      size: head.size,
      root: head.root,
      ...checkpoints,
      stamps,
      key: told ?? null,
      pinned: logKey !== undefined,
      unlogged: 0,
    },
    leaves,
    batches,
    entryOf,
    places: Object.keys(head.places),
    policies,
  };
}

/** The head after the batch that follows `head`, recomputed and held against the stored one; undefined at a fault. */
async function nextHead(
  log: Log,
  head: LogHead,
  faults: Fault[],
  append: (entries: readonly string[]) => string,
) {
  const place = `the batch after ${head.size} entries`;
  try {
    const entries = await log.entriesAfter(head.size);
    if (!entries) {
      faults.push({ kind: 'log', place, fault: 'is missing; later entries cannot be checked' });
      return undefined;
    }
    const { leaves, ...state } = afterEntries(head, entries);
    const root = append(entries);
    const stored = await log.headAt(head.size + entries.length);
    const wanted: LogHead = { ...stored, ...state, root, before: head.size };
    const differs = Object.keys(wanted).filter(
      name => JSON.stringify(stored[name as keyof LogHead]) !== JSON.stringify(wanted[name as keyof LogHead]),
    );
    if (differs.length > 0) {
      const fault = `its entries give another ${differs.join(' and ')} than the head of ${stored.size} entries holds`;
      faults.push({ kind: 'log', place, fault });
      return undefined;
    }
    return { head: stored, leaves };
  } catch (error) {
    asFault(faults, place)(error);
    return undefined;
  }
}

/** Every published checkpoint: signed by the key, and of the root that the entries give at its size. */
async function verifyCheckpoints(
  { objects, log }: Deps,
  vkey: string | undefined,
  roots: ReadonlyMap<number, string>,
  size: number,
  faults: Fault[],
): Promise<{ checkpoints: number; checkpoint: number | null }> {
  const key = vkey === undefined ? undefined : parseVkey(vkey);
  let checkpoints = 0;
  let newest: number | null = null;
  let beyond = { size: 0, place: '' };
  for await (const { key: place } of objects.list('log/checkpoints/')) {
    const named = numberOf(place);
    if (named !== undefined && named > size) {
      beyond = { size: named, place }; // keys ascend
      continue;
    }
    checkpoints++;
    const fault = await checkpointFault(objects, place, named, key, roots);
    if (fault !== undefined) faults.push({ kind: 'log', place, fault });
    else newest = named!;
  }
  // Published since the head was read, or of a head that is gone.
  const head = beyond.size > 0 ? await log.head().catch(onlyLedger) : undefined;
  if (head && head.size < beyond.size) {
    const fault = `is of ${beyond.size} entries, the newest head that is stored has ${head.size}`;
    faults.push({ kind: 'log', place: beyond.place, fault });
  }
  return { checkpoints, checkpoint: newest };
}

async function checkpointFault(
  objects: ObjectStore,
  place: string,
  size: number | undefined,
  key: VerifierKey | Malformed | undefined,
  roots: ReadonlyMap<number, string>,
): Promise<string | undefined> {
  if (!key || key instanceof Malformed)
    return 'the log’s key is missing or malformed, so nothing is verified';
  const stored = await objects.get(place);
  if (!stored) return 'is listed, but cannot be read';
  const opened = openCheckpoint(stored.bytes, { origin: key.name, logs: [key] });
  if (opened.outcome !== 'verified') return `is ${opened.outcome} under the key ${key.name}`;
  const { checkpoint } = opened;
  if (checkpoint.size !== size) return `is of ${checkpoint.size} entries, its name says ${size}`;
  if (roots.get(checkpoint.size) !== toHex(checkpoint.root))
    return `its root is not what the first ${checkpoint.size} entries give: two histories were signed`;
  return undefined;
}

/** Every stamp is over the bytes of the checkpoint of its size, signed by the authority in its certificate. */
async function verifyStamps({ objects, log }: Deps, faults: Fault[]): Promise<number> {
  let stamps = 0;
  for await (const { key: place } of objects.list('log/stamps/')) {
    stamps++;
    const note = await log.checkpointAt(numberOf(place) ?? -1);
    const stored = await objects.get(place);
    const stamp = stored && note !== undefined && (await openStamp(stored.bytes, Buffer.from(note)));
    if (!stamp) faults.push({ kind: 'log', place, fault: 'is a stamp of a checkpoint that is not there' });
    else if (stamp.outcome === 'refused') faults.push({ kind: 'log', place, fault: stamp.problem });
  }
  return stamps;
}

const asFault =
  (faults: Fault[], place: string) =>
  (error: unknown): undefined => {
    onlyLedger(error);
    faults.push({ kind: 'log', place, fault: (error as LedgerError).message });
  };

/** What the ledger says of stored bytes is a finding; that a store does not answer is not. */
function onlyLedger(error: unknown): undefined {
  if (!(error instanceof LedgerError)) throw error;
}
