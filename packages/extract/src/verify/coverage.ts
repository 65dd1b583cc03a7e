// SPDX-License-Identifier: Apache-2.0
// What the log says of the period: one chain of segments per partition, each following from the one before. Every
// entry of the log goes through here, from the first on.
import { parseLeaf, type SegmentLeaf } from '@ashiato/ledger/proof';
import type { ExtractRequest } from './extract-request.ts';
import { Stop } from './fault.ts';
import { isOfPeriod } from './selection.ts';

/** A partition of the stream as the log holds it. */
export interface PartitionCoverage {
  partition: number;
  segments: number;
  records: number;
  unreadable: number;
  first_offset: number;
  last_offset: number;
  /** Up to where its records were appended, ISO. */
  committed_until: string;
  /** Of these segments, those that may hold records of the period. */
  segments_of_period: number;
}

export interface Touched {
  logIndex: number;
  leaf: SegmentLeaf;
}

export interface Coverage {
  /** Takes the next entry of the log; true when it is a segment of the period. Throws Stop. */
  add(entry: string): Touched | undefined;
  partitions(): PartitionCoverage[];
  /** What completeness.json holds. */
  statement(checkpoint: { origin: string; size: number; root: string }): string;
  /** Every partition reaches at least here, ISO; undefined while the log holds none of the stream. */
  until(): string | undefined;
}

export const LOG = 'proofs/log.jsonl';

export function createCoverage(request: ExtractRequest): Coverage {
  const chains = new Map<string, { to: number; sha256: string }>();
  const partitions = new Map<number, PartitionCoverage>();
  const policies: string[] = [];
  let next = 0;

  function add(entry: string): Touched | undefined {
    const logIndex = next++;
    const leaf = parseLeaf(entry);
    if (!leaf) throw new Stop('log_entry_unknown', LOG, `entry ${logIndex}`);
    if (leaf.kind === 'policy') return void policies.push(leaf.sha256);
    follow(leaf);
    if (leaf.stream !== request.stream) return undefined;
    const isMet = isOfPeriod(leaf, request);
    count(leaf, isMet);
    return isMet ? { logIndex, leaf } : undefined;
  }

  function follow(leaf: SegmentLeaf): void {
    const name = `${leaf.stream}.${leaf.partition}`;
    const before = chains.get(name);
    const isNext = leaf.from === (before?.to ?? -1) + 1 && leaf.previous === (before?.sha256 ?? null);
    if (!isNext) {
      const expected = before
        ? `from ${before.to + 1} after ${before.sha256.slice(0, 16)}`
        : 'the first, from 0';
      throw new Stop('chain_broken', leaf.key, `expected the segment ${expected}`);
    }
    chains.set(name, { to: leaf.to, sha256: leaf.sha256 });
  }

  function count(leaf: SegmentLeaf, isMet: boolean): void {
    const known = partitions.get(leaf.partition);
    const { segments = 0, records = 0, unreadable = 0, segments_of_period = 0 } = known ?? {};
    const until = Math.max(Date.parse(known?.committed_until ?? '') || 0, leaf.appended.last);
    partitions.set(leaf.partition, {
      partition: leaf.partition,
      segments: segments + 1,
      records: records + leaf.records,
      unreadable: unreadable + leaf.counts.unreadable,
      first_offset: 0,
      last_offset: leaf.to,
      committed_until: new Date(until).toISOString(),
      segments_of_period: segments_of_period + Number(isMet),
    });
  }

  const inOrder = () => [...partitions.values()].sort((a, b) => a.partition - b.partition);
  return {
    add,
    partitions: inOrder,
    until: () =>
      inOrder()
        .map(({ committed_until }) => committed_until)
        .sort()[0],
    statement: checkpoint => {
      const { stream, from, to } = request;
      const body = { stream, from, to, checkpoint, policies_in_log: policies, partitions: inOrder() };
      return `${JSON.stringify(body, null, 2)}\n`;
    },
  };
}
