// SPDX-License-Identifier: Apache-2.0
// Judges the recorded segments again, one after the other. Only reads the trail; memory holds one segment at a time.
import { type Ledger, records, type Segment } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import type { Judge, PolicyBundle } from '@ashiato/policy';
import {
  type BacktestDeps,
  backtestRecord,
  emptyTally,
  type Period,
  readBundle,
} from '@ashiato/policy/trail';
import { formatRecordId } from '@ashiato/schema';
import {
  type BacktestState,
  openChanges,
  type Question,
  readState,
  removeState,
  writeState,
} from './backtest-state.ts';
import { cannotRun } from './exit.ts';
import { type SegmentRange, segmentRanges } from './stored-objects.ts';

interface Deps {
  objects: ObjectStore;
  ledger: Ledger;
  judge: Judge;
  period: Period;
}

export interface BacktestOptions {
  question: Question;
  /** File that keeps how far it has come; without one, it begins anew each time. */
  stateFile: string | undefined;
  /** How old the kept state may grow; small segments share one. Default: a second. */
  keepEveryMs?: number;
  onProgress(segments: number, of: number, accesses: number): void;
}

/** Resolves when everything that the trail held at the start is judged again; the state file is then removed. */
export async function backtestTrail(deps: Deps, options: BacktestOptions): Promise<BacktestState> {
  const { question, stateFile, keepEveryMs = 1000 } = options;
  const state =
    (stateFile ? readState(stateFile, question) : undefined) ?? (await newState(deps.objects, question));
  const changes = question.changes ? await openChanges(question.changes, state.changes_bytes) : undefined;
  const bundles = new Map(deps.judge.bundles.map(bundle => [bundle.sha256, bundle]));
  const judging: BacktestDeps = {
    judge: deps.judge,
    period: deps.period,
    first: question.first,
    recordedUnder: sha256 => bundles.get(sha256) ?? unnamed(sha256),
  };
  const all = Object.values(state.ranges).reduce((sum, { segments }) => sum + segments, 0);
  let kept = Date.now();
  try {
    for (const [name, range] of Object.entries(state.ranges)) {
      for await (const segment of segmentsLeft(
        deps.ledger,
        range,
        state.next[name] ?? (await deps.ledger.start(range.stream, range.partition)).from,
      )) {
        await readPolicies(deps.objects, segment, bundles);
        const lines = judgeSegment(segment, state, judging);
        await changes?.append(lines);
        state.changes_bytes += lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
        state.next[name] = segment.header.to + 1;
        state.segments++;
        // If we die before this, the segments since the last kept state are judged once more, and counted once.
        if (stateFile && Date.now() - kept >= keepEveryMs) {
          writeState(stateFile, state);
          kept = Date.now();
        }
        options.onProgress(state.segments, all, state.tally.accesses);
      }
    }
  } finally {
    await changes?.close();
  }
  if (stateFile) removeState(stateFile);
  return state;
}

async function newState(objects: ObjectStore, question: Question): Promise<BacktestState> {
  const ranges = Object.fromEntries(await segmentRanges(objects));
  const tally = emptyTally();
  return { format: 'ashiato.backtest/1', question, ranges, next: {}, segments: 0, changes_bytes: 0, tally };
}

/** The segments from an offset on, to the last one there was; a chain that breaks off before is no history to judge. */
async function* segmentsLeft(ledger: Ledger, range: SegmentRange, from: number): AsyncGenerator<Segment> {
  const { stream, partition, last } = range;
  if (from > last) return;
  for await (const segment of ledger.walk(stream, partition, from)) {
    yield segment;
    if (segment.header.from >= last) return;
    from = segment.header.to + 1;
  }
  throw cannotRun(
    `${formatRecordId(stream, partition, from)}: expected a segment that begins there, got none, though later ones ` +
      'are stored; "ashiato verify" tells what is missing',
  );
}

/** Adds a segment's records to the tally; returns a line for every access that is judged otherwise. */
function judgeSegment(segment: Segment, { tally }: BacktestState, judging: BacktestDeps): string[] {
  const { stream, partition } = segment.header;
  const lines: string[] = [];
  for (const line of records(segment)) {
    const id = formatRecordId(stream, partition, line.offset);
    const changed = backtestRecord(line, id, tally, judging);
    if (changed) lines.push(JSON.stringify(changed));
  }
  return lines;
}

/** The evidence carries its own rules: what a recorded outcome rests on follows from the bundle it names. */
async function readPolicies(
  objects: ObjectStore,
  { header }: Segment,
  bundles: Map<string, PolicyBundle>,
): Promise<void> {
  for (const { sha256 } of header.policies) {
    if (bundles.has(sha256)) continue;
    const stored = await objects.get(`policies/${sha256}.json`);
    if (!stored) {
      throw cannotRun(
        `policies/${sha256}.json is not stored, though records were judged by it; "ashiato verify" tells what else is missing`,
      );
    }
    bundles.set(sha256, readBundle(Buffer.from(stored.bytes).toString('utf8'), sha256));
  }
}

function unnamed(sha256: string): never {
  throw cannotRun(
    `a record names the policy ${sha256}, which its segment's header does not; run "ashiato verify"`,
  );
}
