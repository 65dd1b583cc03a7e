// SPDX-License-Identifier: Apache-2.0
// What the log does not hold yet: for each partition its next segments, with their indexes stored first.
import type { ObjectStore } from '@ashiato/objects';
import { describeSegment } from '../describe-segment.ts';
import { LedgerError } from '../errors.ts';
import { DEFAULT_RETENTION_MS, type Ledger } from '../ledger.ts';
import { formatLeaf, type SegmentLeaf } from '../proof/index.ts';
import { LEAF_FORMAT } from '../proof/log-leaf.ts';
import type { Segment } from '../segment.ts';
import { formatIndex, indexKey, openIndex, type SegmentIndex } from '../segment-index.ts';
import { type LogHead, placeName } from './log-head.ts';

/** What keeps a partition from being logged further; the others go on. */
export interface GatherProblem {
  place: string;
  error: LedgerError;
}

export interface Gathered {
  entries: string[];
  problems: GatherProblem[];
}

const MOST_ENTRIES = 256;

interface Place {
  stream: string;
  partition: number;
  next: number;
  sha256: string | null;
}

interface GatherDeps {
  objects: ObjectStore;
  ledger: Ledger;
  retentionMs?: number;
}

/**
 * Entries that may follow `head`: a segment of each partition in turn, until there are no more, 256 entries, or
 * `enough`, which is asked before each but the first. Every index that they name is durable on return.
 */
export async function gatherEntries(
  deps: GatherDeps,
  head: LogHead,
  enough: () => boolean = () => false,
): Promise<Gathered> {
  const gathered: Gathered = { entries: [], problems: [] };
  const { entries, problems } = gathered;
  const policies = new Set(head.policies);
  for (let open = await placesAfter(deps.ledger, head); open.length > 0; ) {
    const still: Place[] = [];
    for (const place of open) {
      if (entries.length > 0 && (entries.length >= MOST_ENTRIES || enough())) return gathered;
      try {
        const leaf = await nextLeaf(deps, place);
        if (!leaf) continue;
        for (const policy of leaf.policies.filter(policy => !policies.has(policy))) {
          entries.push(formatLeaf({ format: LEAF_FORMAT, kind: 'policy', sha256: policy }));
          policies.add(policy);
        }
        entries.push(formatLeaf(leaf));
        still.push({ ...place, next: leaf.to + 1, sha256: leaf.sha256 });
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        problems.push({ place: placeName(place.stream, place.partition), error });
      }
    }
    open = still;
  }
  return gathered;
}

/** Another one goes first each time, so that none waits for the backlog of the others. */
async function placesAfter(ledger: Ledger, head: LogHead): Promise<Place[]> {
  const places: Place[] = [];
  for (const stream of await ledger.streams()) {
    for (const partition of await ledger.partitions(stream)) {
      const { next, sha256 } = head.places[placeName(stream, partition)] ?? { next: 0, sha256: null };
      places.push({ stream, partition, next, sha256 });
    }
  }
  const first = places.length === 0 ? 0 : head.size % places.length;
  return [...places.slice(first), ...places.slice(0, first)];
}

/** Of the next segment of a partition, its index stored; undefined when nothing more is committed. */
async function nextLeaf(
  { objects, ledger, retentionMs = DEFAULT_RETENTION_MS }: GatherDeps,
  place: Place,
): Promise<SegmentLeaf | undefined> {
  const segment = await ledger.read(place.stream, place.partition, place.next);
  if (!segment) return undefined;
  assertFollows(segment, place);
  const { leaf, index } = await describeSegment(segment);
  await storeIndex(objects, leaf, index, new Date(Date.now() + retentionMs));
  return leaf;
}

function assertFollows({ key, header }: Segment, { stream, partition, next, sha256 }: Place): void {
  if (header.stream !== stream || header.partition !== partition || header.from !== next)
    throw new LedgerError('CHAIN', `${key}: its header names another place`);
  if (header.previous !== sha256)
    throw new LedgerError(
      'CHAIN',
      `${key}: previous is ${header.previous}, the log holds ${sha256} before it`,
    );
}

async function storeIndex(
  objects: ObjectStore,
  leaf: SegmentLeaf,
  index: SegmentIndex,
  retainUntil: Date,
): Promise<void> {
  const key = indexKey(leaf.stream, leaf.partition, leaf.from);
  const { outcome } = await objects.create(key, await formatIndex(index), { retainUntil });
  if (outcome === 'created') return;
  // Another notary's, or ours from before we died: as good, when it is what the segment gives.
  const there = await objects.get(key);
  if (!there) throw new LedgerError('INDEX', `${key} exists and cannot be read`);
  await openIndex(there.bytes, leaf);
}
