// SPDX-License-Identifier: Apache-2.0
// The rows of one segment as a block ready for insertion, made while the recorder writes its lines or from the
// segment read back. Both go through the same columns, and a test holds both blocks to the same bytes.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordDraft, Segment } from '@ashiato/ledger';
import type { CommittedVerdict, ParsedEvent } from '@ashiato/schema';
import { WarehouseError } from './errors.ts';
import { judgementOf, type LineJudgement } from './line-head.ts';
import { createNativeBlock } from './native-block.ts';
import { RECORD_COLUMNS } from './record-columns.ts';
import {
  DIGEST_CHARACTERS,
  memberObject,
  NO_DATA,
  NO_DIGEST,
  NO_EVENT,
  type RowPlace,
  rowsFromSegment,
  type TrailRow,
} from './rows-from-segment.ts';

/** What one pass over the records finds out for the segment's row. */
export interface Tally {
  records: number;
  conforming: number;
  undetermined: number;
  violation: number;
  unreadable: number;
  redeliveries: number;
  /** Milliseconds since 1970. */
  first_appended: number;
  last_appended: number;
  policies: Set<string>;
}

/** All rows of one segment. Can be handed to another thread; `block` owns its memory. */
export interface SegmentRows {
  /** ClickHouse's Native format, columns in the order of RECORD_COLUMNS. */
  block: Buffer;
  tally: Tally;
}

/** What the recorder knows of an event besides its draft. */
export interface DraftedEvent {
  /** As committed: with commitments in place of encrypted members. */
  event: ParsedEvent;
  /** SHA-256 of its bytes with encrypted members as null, a binary string. */
  digest: string;
  policy_source_sha256: string;
}

export interface SegmentRowsDraft {
  /** Adds the row of one record; `drafted` MUST be there for events. */
  append(draft: RecordDraft, drafted?: DraftedEvent): void;
  finish(): SegmentRows;
}

const ROWS_A_TURN = 1_000;
const SPARE_COLLECTORS = 6;
/** Distinct verdicts kept; see line-head.ts. */
const MOST_VERDICTS = 5_000;

/** Begins the rows of segments while they are written; memory of finished ones is used again. */
export function createSegmentRows(): (header: RowPlace) => SegmentRowsDraft {
  const spare: Collector[] = [];
  return header => draftRows(header, spare.pop() ?? collectRows(64), spare);
}

function draftRows(header: RowPlace, collector: Collector, spare: Collector[]): SegmentRowsDraft {
  const { append } = collector;
  const judgements = new Map<string, LineJudgement>();

  function judged(draft: Extract<RecordDraft, { kind: 'event' }>, source_sha256: string): LineJudgement {
    const plain = !draft.delivery && !draft.marks?.length && !draft.encrypted?.length;
    const known = plain ? judgements.get(draft.verdict) : undefined;
    if (known) return known;
    const verdict = JSON.parse(draft.verdict) as CommittedVerdict | null;
    const { policy } = verdict ?? {};
    const judgement = judgementOf(
      { ...draft, verdict },
      { policies: policy ? [{ ...policy, source_sha256 }] : [] },
    );
    if (!plain) return judgement;
    if (judgements.size >= MOST_VERDICTS) judgements.clear();
    judgements.set(draft.verdict, judgement);
    return judgement;
  }

  return {
    append(draft, drafted) {
      const { offset, appendedAt: appended_at } = draft;
      if (draft.kind === 'unreadable') {
        const judgement = judgementOf({ verdict: null }, { policies: [] });
        const nothing = { event: NO_EVENT, data: NO_DATA, digest: NO_DIGEST };
        return append({ header, offset, appended_at, unreadable: draft.problem, judgement, ...nothing });
      }
      const { event, digest, policy_source_sha256 } = drafted!;
      append({
        header,
        offset,
        appended_at,
        unreadable: '',
        event,
        data: memberObject(event.data),
        judgement: judged(draft, policy_source_sha256),
        digest: digest.slice(0, DIGEST_CHARACTERS),
      });
    },
    finish() {
      const rows = collector.finish();
      if (spare.length < SPARE_COLLECTORS) spare.push(collector);
      return rows;
    },
  };
}

/**
 * Rows of a segment read back, encoded in turns of a few milliseconds each, so that a server in this process goes on
 * answering. Throws WarehouseError SHAPE for lines that no ledger writes.
 */
export async function readSegmentRows(segment: Segment): Promise<SegmentRows> {
  const { key, header } = segment;
  const { append, finish } = collectRows(header.records);
  let rows = 0;
  for (const row of rowsFromSegment(segment)) {
    append(row);
    if (++rows % ROWS_A_TURN === 0) await nextTurn();
  }
  if (rows !== header.records) {
    throw new WarehouseError('SHAPE', `${key}: holds ${rows} records, its header says ${header.records}`);
  }
  return finish();
}

type Collector = ReturnType<typeof collectRows>;

function collectRows(expectedRows: number) {
  const block = createNativeBlock(RECORD_COLUMNS, expectedRows);
  let tally = emptyTally();
  return {
    append(row: TrailRow): void {
      block.append(row);
      count(row, tally);
    },
    finish(): SegmentRows {
      const rows = { block: block.finish(), tally };
      tally = emptyTally();
      return rows;
    },
  };
}

function emptyTally(): Tally {
  return {
    records: 0,
    conforming: 0,
    undetermined: 0,
    violation: 0,
    unreadable: 0,
    redeliveries: 0,
    first_appended: Number.MAX_SAFE_INTEGER,
    last_appended: 0,
    policies: new Set(),
  };
}

function count({ appended_at, unreadable, judgement }: TrailRow, tally: Tally): void {
  const { verdict, delivery } = judgement;
  tally.records++;
  if (verdict) tally[verdict.outcome]++;
  if (verdict?.policy) tally.policies.add(verdict.policy.sha256);
  if (unreadable !== '') tally.unreadable++;
  if (delivery?.kind === 'redelivery') tally.redeliveries++;
  if (appended_at < tally.first_appended) tally.first_appended = appended_at;
  if (appended_at > tally.last_appended) tally.last_appended = appended_at;
}
