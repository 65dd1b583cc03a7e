// SPDX-License-Identifier: Apache-2.0
// One segment of the period: that what is shown of it is genuine, and that it is all there is to show.
import { entryLeaf, formatEntry, UNKNOWN_KEY, verifyLookup } from '@ashiato/ledger/proof';
import { fromHex, HASH_BYTES, leafHash, rootOf, sha256, toHex } from '@ashiato/tlog';
import type { Touched } from './coverage.ts';
import type { ExtractRequest } from './extract-request.ts';
import { Stop } from './fault.ts';
import { parseRecordLine, type ShownRecord } from './record-line.ts';
import type { SegmentProof } from './segment-proof.ts';
import { indexKeyOf, type Selection } from './selection.ts';
import { areRanges, countOf, createShownTree } from './shown-leaves.ts';

export interface ShownSegment {
  shown: number;
  /** Of the shown, those that do not say whose they are. */
  unattributed: number;
}

export interface SegmentDeps {
  request: ExtractRequest;
  selection: Selection;
  /** The next line of records.jsonl. */
  nextRecord(): Promise<string | undefined>;
  onRecord(record: ShownRecord): void;
}

const encoder = new TextEncoder();

/** Throws Stop. Untrusted: `proof` and the record lines. */
export async function verifyShown(
  { leaf }: Touched,
  proof: SegmentProof,
  deps: SegmentDeps,
): Promise<ShownSegment> {
  const due = offsetsDue(leaf, proof, deps.selection);
  const total = leaf.records + 1;
  if (!areRanges(proof.shown, total))
    throw new Stop('index_refused', leaf.key, 'the shown leaves do not ascend');
  const hasHeader = proof.shown[0]?.[0] === 0;
  if (proof.shown.length > 0 && (!hasHeader || proof.header === null))
    throw new Stop('record_altered', leaf.key, 'expected the header among what is shown');
  const shown = proof.shown.length === 0 ? 0 : countOf(proof.shown) - 1;
  checkCount(leaf.key, shown, due === undefined ? undefined : (due?.all.length ?? leaf.records), proof, deps);
  const unattributed = await verifyRecords(leaf, proof, shown, due, deps);
  return { shown, unattributed };
}

function checkCount(
  key: string,
  shown: number,
  due: number | undefined,
  { withheld }: SegmentProof,
  { request, selection }: SegmentDeps,
): void {
  if (withheld > 0 && !request.withhold)
    throw new Stop('record_missing', key, `${withheld} withheld, but the request names no ground`);
  if (selection.by === 'word') return;
  if (shown + withheld < due!)
    throw new Stop('record_missing', key, `expected ${due} records, found ${shown} and ${withheld} withheld`);
  if (shown + withheld > due!)
    throw new Stop(
      'record_unexpected',
      key,
      `expected ${due} records, found ${shown} and ${withheld} withheld`,
    );
}

async function verifyRecords(
  leaf: Touched['leaf'],
  proof: SegmentProof,
  shown: number,
  due: Due | null | undefined,
  deps: SegmentDeps,
): Promise<number> {
  if (proof.shown.length === 0) return 0;
  const hidden = proof.hidden.map(hash => fromHex(hash)!);
  const tree = createShownTree(leaf.records + 1, proof.shown, hidden);
  tree.add(leafHash(encoder.encode(proof.header!)));
  const place = `${leaf.stream}.${leaf.partition}`;
  const isDue = due && new Set(due.all);
  let before = leaf.from - 1;
  let unattributed = 0;
  for (let count = 0; count < shown; count++) {
    const record = parseRecordLine((await deps.nextRecord()) ?? '');
    if (!record)
      throw new Stop('record_missing', leaf.key, `${shown} are said to be shown, ${count} can be read`);
    if (record.place !== place || record.offset > leaf.to)
      throw new Stop(
        'record_missing',
        leaf.key,
        `${shown} are said to be shown; after ${count} comes ${record.id}`,
      );
    if (record.offset <= before || (isDue && !isDue.has(record.offset)))
      throw new Stop(
        'record_unexpected',
        record.id,
        `not what comes after ${place}.${before} in ${leaf.key}`,
      );
    before = record.offset;
    if (due?.unattributed.has(record.offset)) unattributed++;
    tree.add(record.leaf);
    deps.onRecord(record);
  }
  const root = tree.root();
  if (!root || toHex(root) !== leaf.root) {
    const detail = `header and ${shown} records do not hash to the root ${leaf.root} of the log`;
    throw new Stop('record_altered', leaf.key, detail);
  }
  return unattributed;
}

interface Due {
  all: number[];
  unattributed: ReadonlySet<number>;
}

/** Offsets that the segment's index lists for the selection; null: all of them; undefined: nobody can say. */
function offsetsDue(
  leaf: Touched['leaf'],
  proof: SegmentProof,
  selection: Selection,
): Due | null | undefined {
  if (selection.by === 'word') return undefined;
  if (selection.by === 'segment') return null;
  const refuse = (detail: string) =>
    new Stop('index_refused', leaf.key, `${selection.index} index: ${detail}`);
  const head = leaf.indexes[selection.index];
  const found: { key: string; offsets: readonly number[] }[] = [];
  if (selection.by === 'whole_index') {
    const leaves = new Uint8Array((proof.entries ?? []).length * HASH_BYTES);
    for (const [at, entry] of (proof.entries ?? []).entries()) {
      leaves.set(entryLeaf(formatEntry(entry)), at * HASH_BYTES);
      found.push(entry);
    }
    if (found.length !== head.entries || toHex(rootOf(leaves)) !== head.root)
      throw refuse('the entries are not all of those in the log');
  } else {
    if (selection.index === 'actor' && !hasSalt(leaf, proof))
      throw refuse('the salt is not the one in the log');
    if (proof.lookups.length !== selection.keys.length) throw refuse(`${proof.lookups.length} look-ups`);
    for (const [at, key] of selection.keys.entries()) {
      const indexKey = indexKeyOf(selection.index, key, proof.actor_salt);
      const lookup = verifyLookup(proof.lookups[at]!, indexKey, head);
      if (lookup.outcome === 'refused') throw refuse(lookup.problem);
      if (lookup.outcome === 'present') found.push({ key, offsets: lookup.offsets });
    }
  }
  const unknown = found.find(({ key }) => key === UNKNOWN_KEY)?.offsets ?? [];
  const all = [...new Set(found.flatMap(({ offsets }) => offsets))].sort((a, b) => a - b);
  return { all, unattributed: new Set(unknown) };
}

const hasSalt = ({ actor_salt_sha256 }: Touched['leaf'], { actor_salt }: SegmentProof): boolean =>
  actor_salt !== null && toHex(sha256(fromHex(actor_salt)!)) === actor_salt_sha256;
