// SPDX-License-Identifier: Apache-2.0
// The indexes of one segment: four sorted Merkle trees over lines `{key, offsets}` (EVIDENCE 2b). They follow from
// the segment's bytes alone, so whoever has those can make them again; the roots stand in the segment's log entry.
import { hash } from 'node:crypto';
import { inclusionProof, rootOf, toHex } from '@ashiato/tlog';
import { zstdCompress, zstdDecompress } from './compression.ts';
import { LedgerError } from './errors.ts';
import {
  compareKeys,
  entryLeaf,
  formatEntry,
  INDEX_NAMES,
  type IndexEntry,
  type IndexHead,
  type IndexName,
  type LookupProof,
  type PlacedEntry,
} from './proof/index.ts';
import { segmentKey } from './segment.ts';

export const INDEX_FORMAT = 'ashiato.index.v1';

export interface SegmentIndex {
  /** SHA-256 of the segment, uncompressed. */
  segment_sha256: string;
  /** Hex. An actor's key is SHA-256(salt || id), so that an index does not list the staff. */
  actor_salt: string;
  /** Entries in the order of their keys. */
  entries: Record<IndexName, IndexEntry[]>;
}

/** Where the indexes of a segment lie: beside it, under a prefix of their own. */
export const indexKey = (stream: string, partition: number, from: number): string =>
  segmentKey(stream, partition, from).replace(/^segments\//, 'indexes/');

/** The key under which an actor stands in the index. */
export const actorKey = (salt: string, id: string): string =>
  hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(id, 'utf8')]), 'hex');

const leavesOf = (entries: readonly IndexEntry[]): Buffer =>
  Buffer.concat(entries.map(entry => entryLeaf(formatEntry(entry))));

export function headOf(entries: readonly IndexEntry[]): IndexHead {
  return { entries: entries.length, root: toHex(rootOf(leavesOf(entries))) };
}

/** The stored bytes: a header line, then each index's entries, all zstd. */
export function formatIndex({ segment_sha256, actor_salt, entries }: SegmentIndex): Promise<Buffer> {
  const counts = Object.fromEntries(INDEX_NAMES.map(name => [name, entries[name].length]));
  const header = JSON.stringify({ format: INDEX_FORMAT, segment_sha256, actor_salt, entries: counts });
  const lines = INDEX_NAMES.flatMap(name => entries[name].map(formatEntry));
  return zstdCompress(Buffer.from(`${[header, ...lines].join('\n')}\n`));
}

/**
 * Opens stored bytes and holds every index against its head in the segment's log entry.
 * @throws LedgerError INDEX when they are damaged or give another root
 */
export async function openIndex(
  stored: Uint8Array,
  { key, sha256, indexes }: { key: string; sha256: string; indexes: Record<IndexName, IndexHead> },
): Promise<SegmentIndex> {
  const refuse = (problem: string, cause?: unknown) =>
    new LedgerError('INDEX', `indexes of ${key}: ${problem}`, { cause });
  let header: SegmentIndex & { format: string };
  let rest: IndexEntry[];
  try {
    const lines = (await zstdDecompress(stored)).toString('utf8').trimEnd().split('\n');
    header = JSON.parse(lines[0]!);
    rest = lines.slice(1).map(line => JSON.parse(line) as IndexEntry);
  } catch (cause) {
    throw refuse('not zstd of JSON lines, or damaged', cause);
  }
  if (header.format !== INDEX_FORMAT) throw refuse(`expected format ${INDEX_FORMAT}`);
  if (header.segment_sha256 !== sha256) throw refuse('made from another segment');
  const entries = {} as SegmentIndex['entries'];
  for (const name of INDEX_NAMES) {
    entries[name] = rest.splice(0, indexes[name].entries);
    if (headOf(entries[name]).root !== indexes[name].root)
      throw refuse(`the ${name} index does not have the root of the log entry`);
  }
  if (rest.length > 0) throw refuse(`${rest.length} entries more than the log entry says`);
  return { segment_sha256: sha256, actor_salt: header.actor_salt, entries };
}

/** What the index says of `key`, with its proof. For the actor index, `key` is what `actorKey` gives. */
export function lookUp(index: SegmentIndex, name: IndexName, key: string): LookupProof {
  const entries = index.entries[name];
  const leaves = leavesOf(entries);
  const placed = (at: number): PlacedEntry | null => {
    const entry = entries[at];
    return entry ? { at, entry, path: inclusionProof(leaves, at).map(toHex) } : null;
  };
  const at = firstNotBelow(entries, key);
  if (entries[at]?.key === key) return { found: placed(at)! };
  return { before: placed(at - 1), after: placed(at) };
}

function firstNotBelow(entries: readonly IndexEntry[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(entries[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
