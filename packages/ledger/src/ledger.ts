// SPDX-License-Identifier: Apache-2.0
// The ledger: segments in a create-only object store, one chain per partition of a stream. The create-only put
// of a segment is THE COMMIT POINT of the whole system (DESIGN 6); everything else is derived or a hint.
import { hash } from 'node:crypto';
import type { ObjectStore } from '@ashiato/objects';
import { SEGMENT_FORMAT, type SegmentHeader } from '@ashiato/schema';
import { zstdCompress, zstdDecompress } from './compression.ts';
import { LedgerError } from './errors.ts';
import { type BuiltSegment, createOpenSegment, type OpenSegment } from './open-segment.ts';
import type { SegmentDraft, SegmentFacts } from './record-draft.ts';
import { replaySegment } from './replay-segment.ts';
import { readHeader, type Segment, segmentKey } from './segment.ts';
import { readNewestSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts';
import { createSourceStates, type SourceStates } from './source-states.ts';
import { type ChainStart, readStart } from './start-pointer.ts';

const YEAR_MS = 365.25 * 24 * 3600 * 1000;
/** Retention class of all three streams until a policy says otherwise (EVIDENCE 7). */
export const DEFAULT_RETENTION_MS = 5 * YEAR_MS;
const SNAPSHOT_SEGMENTS = 100;
const SNAPSHOT_RECORDS = 200_000;

/** Where the chain of one partition ends, and what its recorder must remember. Owned by one recorder. */
export interface Tip {
  stream: string;
  partition: number;
  /** Offset at which the next segment begins. */
  next: number;
  /** SHA-256 of the last segment, uncompressed; null before the first. */
  previous: string | null;
  /** Where the last segment begins; -1 before the first. */
  lastFrom: number;
  sources: SourceStates;
  segmentsSinceSnapshot: number;
  recordsSinceSnapshot: number;
}

/** A segment whose bytes are final, not yet stored. */
export interface ClosedSegment {
  key: string;
  header: SegmentHeader;
  built: BuiltSegment;
  /** Encryption keys by offset, to be stored under the header's `keys`. */
  keys: ReadonlyMap<number, string>;
  retainUntil: Date;
  /** What a new owner must know after it; present where a snapshot is due. */
  snapshot: Omit<Snapshot, 'format'> | undefined;
}

export interface Committed {
  segment: Segment;
}

export interface Ledger {
  /**
   * Finds the end of a partition's chain: newest snapshot, then every segment after it, each checked against the
   * one before. Throws LedgerError CHAIN when they do not follow, or when one is missing before others.
   */
  takeOver(stream: string, partition: number): Promise<Tip>;
  /** Ends a segment after `tip` and moves `tip` behind it. CPU only: nothing is durable on return. */
  close(tip: Tip, open: OpenSegment, facts: SegmentFacts): ClosedSegment;
  /**
   * Commits a closed segment. Resolves with it once it is durable in the object store; resolves with 'lost' when
   * another recorder committed this key first: the caller MUST drop its tip and take over again. The keys of
   * encrypted members are durable before the segment is. A rejection is an unsure commit: the caller MUST take
   * over again too. Segments of one partition MUST be put in their order, each after the one before.
   */
  put(closed: ClosedSegment): Promise<Committed | 'lost'>;
  /** Appends all records of `draft` to a segment after `tip`, closes it and puts it. */
  commit(tip: Tip, draft: SegmentDraft): Promise<Committed | 'lost'>;
  /** The segment that begins at `from`, or `undefined`. */
  read(stream: string, partition: number, from: number): Promise<Segment | undefined>;
  /** Where the chain begins: at offset 0, or behind what has expired. */
  start(stream: string, partition: number): Promise<ChainStart>;
  /** The chain from the segment that begins at `from` (its start by default), in order, unchecked. */
  walk(stream: string, partition: number, from?: number): AsyncGenerator<Segment>;
  /** Names of the streams, and partitions of a stream, that hold at least one segment; ascending. */
  streams(): Promise<string[]>;
  partitions(stream: string): Promise<number[]>;
}

export function createLedger({
  objects,
  retentionMs = DEFAULT_RETENTION_MS,
}: {
  objects: ObjectStore;
  retentionMs?: number;
}): Ledger {
  async function read(stream: string, partition: number, from: number): Promise<Segment | undefined> {
    const key = segmentKey(stream, partition, from);
    const stored = await objects.get(key);
    return stored && openSegment(key, stored.bytes, stored.versionId);
  }

  const start = (stream: string, partition: number) => readStart(objects, stream, partition);

  async function* walk(stream: string, partition: number, from?: number): AsyncGenerator<Segment> {
    const first = from ?? (await start(stream, partition)).from;
    for (let segment = await read(stream, partition, first); segment; ) {
      yield segment;
      segment = await read(stream, partition, segment.header.to + 1);
    }
  }

  async function takeOver(stream: string, partition: number): Promise<Tip> {
    const snapshot = await readNewestSnapshot(objects, stream, partition);
    const first = snapshot ?? (await start(stream, partition));
    const tip: Tip = {
      stream,
      partition,
      next: snapshot?.next ?? (first as ChainStart).from,
      previous: first.previous,
      lastFrom: snapshot?.last_from ?? -1,
      sources: createSourceStates(snapshot?.sources),
      segmentsSinceSnapshot: 0,
      recordsSinceSnapshot: 0,
    };
    do {
      for await (const segment of walk(stream, partition, tip.next)) {
        checkFollows(segment, tip);
        replaySegment(segment, tip.sources);
        moveTip(tip, segment.header, segment.sha256);
      }
    } while (await goesOn(tip));
    return tip;
  }

  /** True when another recorder committed after our last look. A chain that goes on behind a hole is refused. */
  async function goesOn({ stream, partition, next }: Tip): Promise<boolean> {
    const hole = segmentKey(stream, partition, next);
    const folder = hole.slice(0, hole.lastIndexOf('/') + 1);
    const later = await firstKey(objects.list(folder, { after: hole }));
    const filled = await objects.has(hole);
    if (later === undefined || filled) return filled;
    throw new LedgerError(
      'CHAIN',
      `${hole} is missing, but ${later} is stored: restore the segment from a copy ("ashiato verify" shows what ` +
        'else is gone); recording into the hole would make a second history',
    );
  }

  function close(tip: Tip, open: OpenSegment, facts: SegmentFacts): ClosedSegment {
    const retainUntil = new Date(facts.createdAt.getTime() + retentionMs);
    const key = segmentKey(tip.stream, tip.partition, tip.next);
    const header = headerOf(tip, open, facts);
    const built = open.close(header);
    moveTip(tip, header, built.sha256);
    return { key, header, built, keys: facts.keys, retainUntil, snapshot: snapshotWhenDue(tip) };
  }

  async function put(closed: ClosedSegment): Promise<Committed | 'lost'> {
    const { key, header, built, keys, retainUntil, snapshot } = closed;
    const stored = await zstdCompress(built.raw);
    if (header.keys) await storeKeys(objects, header.keys, keys);
    const created = await objects.create(key, stored, { retainUntil, contentType: 'application/zstd' });
    if (created.outcome === 'exists') return 'lost';
    if (snapshot) await writeSnapshot(objects, snapshot, retainUntil);
    const { raw, sha256 } = built;
    const stored_sha256 = hash('sha256', stored, 'hex');
    return { segment: { key, header, raw, sha256, stored_sha256, version_id: created.versionId } };
  }

  function commit(tip: Tip, { records, ...facts }: SegmentDraft): Promise<Committed | 'lost'> {
    const open = createOpenSegment();
    for (const record of records) open.append(record);
    return put(close(tip, open, facts));
  }

  const partitions = async (stream: string): Promise<number[]> =>
    (await foldersIn(objects, `segments/${stream}/`)).map(Number);
  const streams = (): Promise<string[]> => foldersIn(objects, 'segments/');

  return { takeOver, close, put, commit, read, start, walk, streams, partitions };
}

/** Opens stored bytes; throws LedgerError when they are no segment. */
export async function openSegment(
  key: string,
  stored: Uint8Array,
  versionId: string | null,
): Promise<Segment> {
  let raw: Buffer;
  try {
    raw = await zstdDecompress(stored);
  } catch (cause) {
    throw new LedgerError('SEGMENT_SHAPE', `${key}: not zstd, or damaged`, { cause });
  }
  const end = raw.indexOf(10);
  const header = readHeader(key, raw.toString('utf8', 0, Math.max(end, 0)));
  const stored_sha256 = hash('sha256', stored, 'hex');
  return { key, header, raw, sha256: hash('sha256', raw, 'hex'), stored_sha256, version_id: versionId };
}

/** The next part of the keys under `prefix`, each once; asks for one key per folder, not for all of them. */
async function foldersIn(objects: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (let after = ''; ; ) {
    const next = await firstKey(objects.list(prefix, after === '' ? {} : { after }));
    if (next === undefined) return found;
    const folder = next.slice(prefix.length).split('/')[0]!;
    found.push(folder);
    after = `${prefix}${folder}/~`;
  }
}

async function firstKey(list: AsyncIterable<{ key: string }>): Promise<string | undefined> {
  for await (const { key } of list) return key;
  return undefined;
}

/** Random part: the keys of a segment that loses the race must not stand in the winner's way. */
const keysObjectName = (tip: Tip): string =>
  `keys/${tip.stream}/${String(tip.partition).padStart(5, '0')}/${String(tip.next).padStart(20, '0')}.${crypto.randomUUID()}.json`;

async function storeKeys(
  objects: ObjectStore,
  name: string,
  keys: ReadonlyMap<number, string>,
): Promise<void> {
  const body = JSON.stringify({ format: 'ashiato.keys.v1', keys: Object.fromEntries(keys) });
  const { outcome } = await objects.create(name, Buffer.from(body), { contentType: 'application/json' });
  if (outcome !== 'created') throw new LedgerError('KEYS_TAKEN', `${name}: is there already`);
}

function headerOf(tip: Tip, open: OpenSegment, facts: SegmentFacts): SegmentHeader {
  if (open.records === 0) throw new LedgerError('CHAIN', 'a segment holds at least one record');
  return {
    format: SEGMENT_FORMAT,
    stream: tip.stream,
    partition: tip.partition,
    from: tip.next,
    to: open.last,
    records: open.records,
    gaps: facts.gaps,
    previous: tip.previous,
    policies: facts.policies,
    sources: facts.sources,
    keys: facts.keys.size > 0 ? keysObjectName(tip) : null,
    cluster_id: facts.clusterId,
    created_at: facts.createdAt.toISOString(),
    recorder: facts.recorder,
    evaluator: facts.evaluator,
  };
}

function moveTip(tip: Tip, header: SegmentHeader, sha256: string): void {
  tip.next = header.to + 1;
  tip.previous = sha256;
  tip.lastFrom = header.from;
  tip.segmentsSinceSnapshot++;
  tip.recordsSinceSnapshot += header.records;
}

/** Taken at once, while `tip` stands just behind the segment: it may have moved when the segment is stored. */
function snapshotWhenDue(tip: Tip): ClosedSegment['snapshot'] {
  if (tip.segmentsSinceSnapshot < SNAPSHOT_SEGMENTS && tip.recordsSinceSnapshot < SNAPSHOT_RECORDS) return;
  tip.segmentsSinceSnapshot = 0;
  tip.recordsSinceSnapshot = 0;
  const { stream, partition, next, lastFrom, previous, sources } = tip;
  return { stream, partition, next, last_from: lastFrom, previous: previous!, sources: sources.dump() };
}

function checkFollows(segment: Segment, tip: Tip): void {
  const { header, key } = segment;
  if (header.stream !== tip.stream || header.partition !== tip.partition || header.from !== tip.next) {
    throw new LedgerError('CHAIN', `${key}: its header names another place`);
  }
  if (header.previous !== tip.previous) {
    throw new LedgerError(
      'CHAIN',
      `${key}: previous is ${header.previous}, the segment before has ${tip.previous}`,
    );
  }
}
