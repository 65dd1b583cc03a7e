// SPDX-License-Identifier: Apache-2.0
// Reads one partition segment by segment: its chain is checked and its seals are held against its events. Where it
// stands can be kept and taken up again.
import type { Segment } from '@ashiato/ledger';
import { formatRecordId } from '@ashiato/schema';
import type { KeyAt } from './check-seal.ts';
import { createSourceCheck, type SourceCheckDump } from './check-sources.ts';
import type { LiveEpoch } from './epoch.ts';
import {
  type IndependentCount,
  joinFacts,
  NAMED_UNREADABLE,
  noFacts,
  type PartitionFacts,
  type RetiredEpoch,
} from './partition-facts.ts';
import { type CheckedRecord, checkedRecords, type SourceRecord } from './read-records.ts';

/** Where a reader stands: enough to go on behind it. */
export interface Position {
  /** Offset at which the next segment begins. */
  next: number;
  /** SHA-256 of the segment before it; null before the first. */
  previous: string | null;
  /** Broker's clock at the newest record so far, ms since 1970. */
  at: number;
  sources: SourceCheckDump;
  /** All that was told so far. */
  retired: RetiredEpoch[];
}

export interface PartitionReader {
  /** Reads a segment; false, and nothing read, when it does not follow from the one before. `each` sees every record's clock first. */
  read(segment: Segment, each?: (appendedAt: number) => void): Promise<boolean>;
  /** What was read since the last call. */
  takeFacts(): PartitionFacts;
  /** How much that is so far. */
  peek(): Pick<PartitionFacts, 'records' | 'at'>;
  /** Offset and broker's clock reached. */
  at(): { next: number; at: number };
  /** Where facts were gathered elsewhere (a kept stretch), they are joined to what was read. */
  join(facts: PartitionFacts, position: Position): void;
  live(): LiveEpoch[];
  retired(): readonly RetiredEpoch[];
  position(): Position;
}

const RETIRED_TYPE = 'io.ashiato.control.source_retired.v1';
const COUNT_TYPE = 'io.ashiato.context.independent_count.v1';
/** Records between two breaths, so that whoever shares the thread is not kept waiting. */
const BREATH = 500;

export function createPartitionReader({
  stream,
  partition,
  keyAt,
  from,
}: {
  stream: string;
  partition: number;
  keyAt: KeyAt;
  from?: Position | undefined;
}): PartitionReader {
  let next = from?.next ?? 0;
  let previous = from?.previous ?? null;
  let at = from?.at ?? 0;
  let check = createSourceCheck({ stream, partition, keyAt, from: from?.sources });
  let facts = noFacts(stream, partition);
  let retired: RetiredEpoch[] = [...(from?.retired ?? [])];

  function take(record: CheckedRecord): void {
    at = Math.max(at, record.appendedAt);
    facts.records++;
    facts.at = at;
    if (facts.first < 0) facts.first = record.offset;
    facts.last = record.offset;
    if (record.kind === 'unreadable') {
      facts.unreadable_count++;
      const { offset, problem, appendedAt } = record;
      if (facts.unreadable.length < NAMED_UNREADABLE)
        facts.unreadable.push({ offset, problem, at: appendedAt });
    } else {
      check.take(record);
      const count = record.type === COUNT_TYPE ? independentCount(record, stream, partition) : undefined;
      if (count) facts.counts.push(count);
      const gone = record.type === RETIRED_TYPE ? retiredEpoch(record) : undefined;
      if (gone) retired.push(gone);
    }
  }

  function takeFacts(): PartitionFacts {
    const taken = joinFacts(facts, { ...noFacts(stream, partition), epochs: check.takeFacts() });
    facts = { ...noFacts(stream, partition), at };
    return taken;
  }

  return {
    async read(segment, each) {
      const { header } = segment;
      if (header.from !== next || header.previous !== previous) return false;
      let read = 0;
      for (const record of checkedRecords(segment)) {
        each?.(record.appendedAt);
        take(record);
        if (++read % BREATH === 0) await new Promise(resolve => setImmediate(resolve));
      }
      facts.segments++;
      facts.gaps.push(...header.gaps);
      facts.last = header.to;
      next = header.to + 1;
      previous = segment.sha256;
      return true;
    },
    takeFacts,
    peek: () => facts,
    at: () => ({ next, at }),
    join(kept, position) {
      facts = joinFacts(takeFacts(), kept);
      ({ next, previous, at, retired } = structuredClone({ ...position, sources: null }));
      check = createSourceCheck({ stream, partition, keyAt, from: position.sources });
    },
    live: () => check.live(),
    retired: () => retired,
    position: () => ({ next, previous, at, sources: check.dump(at), retired }),
  };
}

function retiredEpoch({ data, appendedAt, delivery }: SourceRecord): RetiredEpoch | undefined {
  const { source, epoch, last } = data;
  if (typeof source !== 'string' || typeof epoch !== 'string' || delivery.kind === 'redelivery')
    return undefined;
  return Number.isInteger(Number(last)) ? { source, epoch, last: Number(last), at: appendedAt } : undefined;
}

/** A count whose event is as its schema says; others are records like all others, and count for nothing. */
function independentCount(
  { data, offset, delivery }: SourceRecord,
  stream: string,
  partition: number,
): IndependentCount | undefined {
  const { system, count, valid_from, valid_to } = data;
  if (typeof system !== 'string' || typeof count !== 'number' || delivery.kind === 'redelivery')
    return undefined;
  const [from, to] = [valid_from, valid_to].map(time => Date.parse(String(time)));
  if (Number.isNaN(from) || Number.isNaN(to)) return undefined;
  return { record: formatRecordId(stream, partition, offset), system, from: from!, to: to!, count };
}
