// SPDX-License-Identifier: Apache-2.0
// THE STORY (DESIGN 5, steps 5-9): one chunk of one partition, from bytes to committed evidence. Messages are recorded
// as they come and not kept: what grows is the segment itself, and beside it the rows that ClickHouse will get.
import {
  type Committed,
  createOpenSegment,
  cutMembers,
  delivered,
  digestOf,
  type EventDraft,
  encryptMember,
  type Ledger,
  newRecordKey,
  type OpenSegment,
  type RecordDraft,
  type Tip,
} from '@ashiato/ledger';
import type { Judge } from '@ashiato/policy';
import { judgeEvent } from '@ashiato/policy/trail';
import type { Gap, Message } from '@ashiato/queue';
import {
  BEACON_TYPE,
  type DecodedEvent,
  decode,
  formatRecordId,
  type ParsedEvent,
  type SegmentHeader,
  type Stream,
} from '@ashiato/schema';
import type { DraftedEvent, SegmentRows, SegmentRowsDraft } from '@ashiato/warehouse';
import type { RecorderMetrics } from './recorder-metrics.ts';
import { timeMarks } from './time-marks.ts';

export interface RecordingDeps {
  ledger: Ledger;
  judge: Judge;
  metrics: RecorderMetrics;
  now: () => Date;
  identity: { recorder: string; evaluator: string; clusterId: string | null };
  /** Milliseconds of the event's clock against the broker's, beyond which a record is marked. */
  timeLimits: { ahead: number; behind: number };
  /** Rows to fill beside the segment, or undefined while whoever projects has enough to do. */
  rowsOf(place: { stream: string; partition: number; from: number }): SegmentRowsDraft | undefined;
  /** Waits, but not for long, until they are likely to be wanted. */
  roomForRows(): Promise<void>;
}

/** What is being recorded behind a tip. Nothing of it is durable. */
export interface OpenChunk {
  readonly kind: Stream;
  readonly segment: OpenSegment;
  readonly rows: SegmentRowsDraft | undefined;
  /** Encryption keys by offset, base64. */
  readonly keys: Map<number, string>;
  readonly policies: Map<string, SegmentHeader['policies'][number]>;
  /** Records by delivery and outcome, or `unreadable` and problem: counted once a chunk, since labels cost more than a sum. */
  readonly counts: Map<string, Map<string, number>>;
  /** Bytes of the messages. */
  bytes: number;
  /** Whether anything but beacons came. */
  busy: boolean;
}

/** A committed segment with its rows, where they were made, and the memory that its bytes lie in. */
export interface Recorded extends Committed {
  rows: SegmentRows | undefined;
  memory: Buffer;
}

/** Begins a chunk behind `tip`. `kind` says which shapes its messages may have; the stream's name may differ. */
export function openChunk(kind: Stream, tip: Tip, deps: RecordingDeps, memory?: Buffer): OpenChunk {
  return {
    kind,
    segment: createOpenSegment(memory),
    rows: deps.rowsOf({ stream: tip.stream, partition: tip.partition, from: tip.next }),
    keys: new Map(),
    policies: new Map(),
    counts: new Map(),
    bytes: 0,
    busy: false,
  };
}

/** Adds one message to the chunk: values only, nothing here throws on what it reads. */
export function recordMessage(message: Message, chunk: OpenChunk, tip: Tip, deps: RecordingDeps): void {
  chunk.bytes += message.value?.length ?? 0;
  // 5. Decode.
  const decoded = decode(chunk.kind, message.value);
  if (decoded.kind === 'unreadable') {
    chunk.busy = true;
    const draft = unreadableDraft(message, decoded.problem, chunk, tip);
    chunk.segment.append(draft);
    chunk.rows?.append(draft);
    return;
  }
  chunk.busy ||= decoded.event.type !== BEACON_TYPE;

  // 6. Place among its source's deliveries, judge.
  const { draft, drafted } = eventDraft(message, decoded, chunk, tip, deps);

  // 7. The line; beside it, the row.
  chunk.segment.append(draft);
  chunk.rows?.append(draft, drafted);
}

/**
 * Closes the chunk after `tip`, which moves at once, and puts it. When it resolves with a segment, every message of
 * the chunk is durable evidence; 'lost' means that another recorder was first and `tip` is spent. If we die anywhere
 * in here, nothing but the create-only put counts: the next owner of the partition reads the same messages again.
 */
export async function commitChunk(
  chunk: OpenChunk,
  gaps: Gap[],
  tip: Tip,
  deps: RecordingDeps,
): Promise<Recorded | 'lost'> {
  const closed = deps.ledger.close(tip, chunk.segment, {
    gaps,
    policies: [...chunk.policies.values()],
    sources: tip.sources.takeTouched(),
    clusterId: deps.identity.clusterId,
    createdAt: deps.now(),
    recorder: deps.identity.recorder,
    evaluator: deps.identity.evaluator,
    keys: chunk.keys,
  });
  const rows = chunk.rows?.finish();

  // 8. Put it, create-only: THE COMMIT.
  const committed = await deps.ledger.put(closed);
  if (committed === 'lost') return 'lost';
  countRecords(deps.metrics, tip.stream, chunk.counts);
  return { ...committed, rows, memory: closed.built.memory };
}

const NO_STRAYS: ReadonlySet<string> = new Set();

function count(counts: OpenChunk['counts'], kind: string, outcome: string): void {
  let byOutcome = counts.get(kind);
  if (!byOutcome) {
    byOutcome = new Map();
    counts.set(kind, byOutcome);
  }
  byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + 1);
}

function countRecords(metrics: RecorderMetrics, stream: string, counts: OpenChunk['counts']): void {
  for (const [kind, byOutcome] of counts) {
    for (const [outcome, records] of byOutcome) {
      if (kind === 'unreadable') metrics.unreadable.inc({ stream, problem: outcome }, records);
      else if (kind === 'encrypted') metrics.encryptedMembers.inc({ stream }, records);
      else metrics.records.inc({ stream, delivery: kind, outcome }, records);
    }
  }
}

function eventDraft(
  { offset, appendedAt }: Message,
  decoded: DecodedEvent,
  { keys, policies, counts }: OpenChunk,
  tip: Tip,
  deps: RecordingDeps,
): { draft: EventDraft; drafted: DraftedEvent } {
  const { event, text, bytes, strays } = decoded;
  const digest = digestOf(text, strays.size === 0 ? NO_STRAYS : new Set(strays.keys()), bytes);
  const delivery = tip.sources.place(delivered(event, digest, offset));
  const judged = judgeEvent(decoded, deps.judge);
  if (judged.policy) policies.set(judged.policy.sha256, judged.policy);
  count(counts, delivery.kind, judged.outcome ?? 'not_judged');

  const draft: EventDraft = { kind: 'event', offset, appendedAt, text, bytes, verdict: judged.json };
  const marks = timeMarks(event, appendedAt, deps.timeLimits);
  if (marks.length > 0) draft.marks = marks;
  if (delivery.kind !== 'new' || delivery.missing) draft.delivery = delivery;
  const drafted = { event, digest, policy_source_sha256: judged.policy?.source_sha256 ?? '' };
  if (strays.size === 0) return { draft, drafted };

  const key = newRecordKey();
  keys.set(offset, key.toString('base64'));
  for (const _ of strays) count(counts, 'encrypted', 'member');
  const cut = cutMembers(text, strays, key, formatRecordId(tip.stream, tip.partition, offset));
  const committed = JSON.parse(Buffer.from(cut.bytes).toString('utf8')) as ParsedEvent;
  return { draft: { ...draft, ...cut }, drafted: { ...drafted, event: committed } };
}

/** Bytes that are no event are evidence too; they may hold anything, so all of them are encrypted. */
function unreadableDraft(
  { offset, appendedAt, value }: Message,
  problem: Extract<RecordDraft, { kind: 'unreadable' }>['problem'],
  { keys, counts }: OpenChunk,
  tip: Tip,
): RecordDraft {
  count(counts, 'unreadable', problem);
  const draft = { kind: 'unreadable' as const, offset, appendedAt, problem, bytes: value?.length ?? 0 };
  if (value === null || value.length === 0) return { ...draft, encrypted: null };
  const key = newRecordKey();
  keys.set(offset, key.toString('base64'));
  const id = formatRecordId(tip.stream, tip.partition, offset);
  return { ...draft, encrypted: encryptMember(key, id, '', Buffer.from(value)) };
}
