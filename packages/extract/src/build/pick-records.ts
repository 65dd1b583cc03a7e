// SPDX-License-Identifier: Apache-2.0
// What an extract shows of one segment, and the proof that it is all there is to show.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { leafParts, leavesOfStored, lookUp, type Segment, type SegmentIndex } from '@ashiato/ledger';
import { type SegmentLeaf, UNKNOWN_KEY } from '@ashiato/ledger/proof';
import { toHex } from '@ashiato/tlog';
import type { Touched } from '../verify/coverage.ts';
import type { ExtractRequest } from '../verify/extract-request.ts';
import { formatRecordLine, parseRecordLine, type ShownRecord, whoDigest } from '../verify/record-line.ts';
import type { SegmentProof } from '../verify/segment-proof.ts';
import { indexKeyOf, matches, type Selection } from '../verify/selection.ts';
import { hiddenHashes, rangesOf } from '../verify/shown-leaves.ts';
import { ExtractError } from './errors.ts';

export interface Picked {
  proof: SegmentProof;
  shown: number;
  unattributed: number;
}

export interface PickDeps {
  request: ExtractRequest;
  selection: Selection;
  /** Undefined where the selection asks no index. */
  index: SegmentIndex | undefined;
  readSegment(): Promise<Segment>;
  onRecord(line: string, record: ShownRecord): void;
  /** Between records, so that memory stays bounded and others have their turn. */
  onTurn(): Promise<void>;
}

const LINES_A_TURN = 500;

export async function pickRecords({ leaf, logIndex }: Touched, deps: PickDeps): Promise<Picked> {
  const { selection, index } = deps;
  const asked =
    index && selection.by !== 'segment' && selection.by !== 'word' ? askIndex(index, selection) : undefined;
  // Where the index lists nothing, the segment need not be read.
  const found = asked?.offsets.length === 0 ? NOTHING : await showRecords(leaf, asked, deps);
  const proof: SegmentProof = {
    log_index: logIndex,
    key: leaf.key,
    shown: found.ranges,
    header: found.header,
    hidden: found.hidden.map(toHex),
    lookups: asked?.lookups ?? [],
    entries: asked?.entries ?? null,
    actor_salt: selection.by === 'index' && selection.index === 'actor' ? index!.actor_salt : null,
    withheld: found.withheld,
  };
  return { proof, shown: found.shown, unattributed: found.unattributed };
}

interface Found {
  ranges: [number, number][];
  header: string | null;
  hidden: Uint8Array[];
  shown: number;
  unattributed: number;
  withheld: number;
}
const NOTHING: Found = { ranges: [], header: null, hidden: [], shown: 0, unattributed: 0, withheld: 0 };

async function showRecords(leaf: SegmentLeaf, asked: Asked | undefined, deps: PickDeps): Promise<Found> {
  const { selection, request } = deps;
  const segment = await deps.readSegment();
  const due = asked && new Set(asked.offsets);
  const place = `${leaf.stream}.${leaf.partition}`;
  const numbers: number[] = [];
  let withheld = 0;
  let unattributed = 0;
  for (const [number, line] of linesOf(segment.raw)) {
    if (number % LINES_A_TURN === 0) await deps.onTurn();
    const offset = offsetOf(line, segment.key);
    if (due && !due.has(offset)) continue;
    const text = recordLine(line, `${place}.${offset}`, request);
    const record = parseRecordLine(text);
    if (!record) throw new ExtractError('EVIDENCE', `${place}.${offset}: not as records are spelled`);
    if (selection.by === 'word' && !matches(record, request, false)) continue;
    if (isWithheld(record, request)) {
      withheld++;
      continue;
    }
    numbers.push(number);
    if (asked?.unattributed.has(offset)) unattributed++;
    deps.onRecord(text, record);
  }
  await nextTurn();
  if (numbers.length === 0) return { ...NOTHING, withheld };
  const ranges = rangesOf([0, ...numbers]);
  const isWhole = numbers.length === leaf.records;
  const hidden = isWhole ? [] : hiddenHashes(leavesOfStored(segment.raw), ranges);
  const header = segment.raw.toString('utf8', 0, segment.raw.indexOf(10));
  return { ranges, header, hidden, shown: numbers.length, unattributed, withheld };
}

type Asked = ReturnType<typeof askIndex>;

function askIndex(index: SegmentIndex, selection: Extract<Selection, { by: 'index' | 'whole_index' }>) {
  const entries = index.entries[selection.index];
  const isWhole = selection.by === 'whole_index';
  const keys = isWhole ? [] : selection.keys.map(key => indexKeyOf(selection.index, key, index.actor_salt));
  const lookups = keys.map(key => lookUp(index, selection.index, key));
  const found = isWhole
    ? entries
    : lookups.flatMap(lookup => ('found' in lookup ? [lookup.found.entry] : []));
  return {
    lookups,
    entries: isWhole ? entries : null,
    offsets: found.flatMap(({ offsets }) => offsets),
    unattributed: new Set(found.find(({ key }) => key === UNKNOWN_KEY)?.offsets),
  };
}

/** Withheld is what names such a purpose, whether or not it matches: a proof may need to show both. */
const isWithheld = ({ data }: ShownRecord, { withhold }: ExtractRequest): boolean =>
  withhold !== null && typeof data?.purpose === 'string' && withhold.purpose.includes(data.purpose);

/** Record lines as binary strings, with their leaf's number. */
function* linesOf(raw: Buffer): Generator<[number: number, line: string]> {
  let number = 0;
  for (let start = raw.indexOf(10) + 1; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    yield [++number, raw.toString('latin1', start, end)];
    start = end + 1;
  }
}

function offsetOf(line: string, key: string): number {
  const found = /^\{"offset":(\d+),/.exec(line)?.[1];
  if (found === undefined) throw new ExtractError('EVIDENCE', `${key}: a line names no offset`);
  return Number(found);
}

function recordLine(line: string, id: string, { staff }: ExtractRequest): string {
  const { publicLine, salt, who } = leafParts(line);
  const text = utf8(who);
  const isNamed = staff === 'named' && salt !== '';
  const whose = isNamed ? { salt, text } : { sha256: toHex(whoDigest(salt, text)) };
  return formatRecordLine(id, utf8(publicLine), whose);
}

const utf8 = (binary: string) => Buffer.from(binary, 'latin1').toString('utf8');
