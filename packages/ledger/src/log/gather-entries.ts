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

/** Of one partition in one batch, so that a long backlog of one does not keep the others waiting. */
const SEGMENTS_A_BATCH = 16;

/** Entries that may follow `head`. Every index that they name is durable on return. */
export async function gatherEntries(
  {
    objects,
    ledger,
    retentionMs = DEFAULT_RETENTION_MS,
  }: { objects: ObjectStore; ledger: Ledger; retentionMs?: number },
  head: LogHead,
): Promise<Gathered> {
  const entries: string[] = [];
  const problems: GatherProblem[] = [];
  const policies = new Set(head.policies);
  for (const stream of await ledger.streams()) {
    for (const partition of await ledger.partitions(stream)) {
      const place = placeName(stream, partition);
      let { next, sha256 }: { next: number; sha256: string | null } = head.places[place] ?? {
        next: 0,
        sha256: null,
      };
      try {
        for (let i = 0; i < SEGMENTS_A_BATCH; i++) {
          const segment = await ledger.read(stream, partition, next);
          if (!segment) break;
          assertFollows(segment, { stream, partition, next, sha256 });
          const { leaf, index } = await describeSegment(segment);
          await storeIndex(objects, leaf, index, new Date(Date.now() + retentionMs));
          for (const policy of leaf.policies.filter(policy => !policies.has(policy))) {
            entries.push(formatLeaf({ format: LEAF_FORMAT, kind: 'policy', sha256: policy }));
            policies.add(policy);
          }
          entries.push(formatLeaf(leaf));
          next = leaf.to + 1;
          sha256 = leaf.sha256;
        }
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        problems.push({ place, error });
      }
    }
  }
  return { entries, problems };
}

function assertFollows(
  { key, header }: Segment,
  {
    stream,
    partition,
    next,
    sha256,
  }: { stream: string; partition: number; next: number; sha256: string | null },
): void {
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
