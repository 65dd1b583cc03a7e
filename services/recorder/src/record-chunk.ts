// SPDX-License-Identifier: Apache-2.0
// THE STORY (DESIGN 5, steps 5-8): one chunk of one partition, from bytes to committed evidence.
import {
  type Committed,
  cutMembers,
  delivered,
  digestOf,
  encryptMember,
  type Ledger,
  newRecordKey,
  type RecordDraft,
  type SegmentDraft,
  type Tip,
} from '@ashiato/ledger';
import type { Judge } from '@ashiato/policy';
import type { Gap, Message } from '@ashiato/queue';
import { decode, formatRecordId, type SegmentHeader, type Stream } from '@ashiato/schema';
import { judgeEvent, timeMarks } from './judge-event.ts';
import type { RecorderMetrics } from './recorder-metrics.ts';

/** Messages of one partition in order; with the gaps they cover every offset from the tip to the last message. */
export interface PendingChunk {
  /** Which shapes the messages may have; the stream's name, which may differ, is the tip's. */
  kind: Stream;
  messages: Message[];
  gaps: Gap[];
}

export interface RecordingDeps {
  ledger: Ledger;
  judge: Judge;
  metrics: RecorderMetrics;
  now: () => Date;
  identity: { recorder: string; evaluator: string; clusterId: string | null };
  /** Milliseconds of the event's clock against the broker's, beyond which a record is marked. */
  timeLimits: { ahead: number; behind: number };
}

/**
 * Commits one chunk after `tip`. When it resolves with a segment, every message of the chunk is durable
 * evidence; 'lost' means that another recorder was first and `tip` is spent. If we die anywhere in here, nothing
 * but the create-only put counts: the next owner of the partition reads the same messages again.
 */
export async function recordChunk(
  chunk: PendingChunk,
  tip: Tip,
  deps: RecordingDeps,
): Promise<Committed | 'lost'> {
  const draft: SegmentDraft = {
    records: [],
    gaps: chunk.gaps,
    policies: [],
    sources: [],
    clusterId: deps.identity.clusterId,
    createdAt: deps.now(),
    recorder: deps.identity.recorder,
    evaluator: deps.identity.evaluator,
    keys: new Map(),
  };

  // 5-6. Decode, place among its source's deliveries, judge: values only, nothing here throws on what it reads.
  const seen: Seen = { keys: draft.keys, policies: new Map(), counts: new Map() };
  for (const message of chunk.messages) {
    draft.records.push(recordMessage(message, chunk.kind, tip, seen, deps));
  }
  draft.policies = [...seen.policies.values()];
  draft.sources = tip.sources.takeTouched();

  // 7-8. Close the segment and put it, create-only: THE COMMIT.
  const committed = await deps.ledger.commit(tip, draft);
  if (committed !== 'lost') countRecords(deps.metrics, tip.stream, seen.counts);
  return committed;
}

/** What the records of one chunk add up to. */
interface Seen {
  keys: Map<number, string>;
  policies: Map<string, SegmentHeader['policies'][number]>;
  /** Records by `<delivery> <outcome>` or `unreadable <problem>`: counted once a chunk, since labels cost more than a sum. */
  counts: Map<string, number>;
}

function count(counts: Seen['counts'], kind: string, outcome: string): void {
  const key = `${kind} ${outcome}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function countRecords(metrics: RecorderMetrics, stream: string, counts: Seen['counts']): void {
  for (const [key, records] of counts) {
    const [kind, outcome] = key.split(' ') as [string, string];
    if (kind === 'unreadable') metrics.unreadable.inc({ stream, problem: outcome }, records);
    else if (kind === 'encrypted') metrics.encryptedMembers.inc({ stream }, records);
    else metrics.records.inc({ stream, delivery: kind, outcome }, records);
  }
}

function recordMessage(
  message: Message,
  kind: Stream,
  tip: Tip,
  { keys, policies, counts }: Seen,
  deps: RecordingDeps,
): RecordDraft {
  const { offset, appendedAt, value } = message;
  const { stream } = tip;
  const decoded = decode(kind, value);
  if (decoded.kind === 'unreadable') {
    count(counts, 'unreadable', decoded.problem);
    return unreadableRecord(message, decoded.problem, formatRecordId(stream, tip.partition, offset), keys);
  }

  const strays = new Set(decoded.strays.keys());
  const delivery = tip.sources.place(
    delivered(decoded.event, digestOf(decoded.text, strays, value!), offset),
  );
  const judged = judgeEvent(decoded, deps.judge);
  if (judged.policy) policies.set(judged.policy.sha256, judged.policy);
  count(counts, delivery.kind, judged.outcome ?? 'not_judged');

  const record: RecordDraft = {
    kind: 'event',
    offset,
    appendedAt,
    text: decoded.text,
    who: decoded.who,
    verdict: judged.json,
    marks: timeMarks(decoded.event, appendedAt, deps.timeLimits),
  };
  if (delivery.kind !== 'new' || delivery.missing) record.delivery = delivery;
  if (strays.size === 0) return record;

  const key = newRecordKey();
  keys.set(offset, key.toString('base64'));
  for (const _ of strays) count(counts, 'encrypted', 'member');
  const id = formatRecordId(stream, tip.partition, offset);
  return { ...record, ...cutMembers(decoded.text, decoded.strays, key, id) };
}

/** Bytes that are no event are evidence too; they may hold anything, so all of them are encrypted. */
function unreadableRecord(
  { offset, appendedAt, value }: Message,
  problem: Extract<RecordDraft, { kind: 'unreadable' }>['problem'],
  id: string,
  keys: Map<number, string>,
): RecordDraft {
  const bytes = value?.length ?? 0;
  if (value === null || bytes === 0) {
    return { kind: 'unreadable', offset, appendedAt, problem, bytes, encrypted: null };
  }
  const key = newRecordKey();
  keys.set(offset, key.toString('base64'));
  return {
    kind: 'unreadable',
    offset,
    appendedAt,
    problem,
    bytes,
    encrypted: encryptMember(key, id, '', Buffer.from(value)),
  };
}
