// SPDX-License-Identifier: Apache-2.0
// One partition's chain: every segment from its stored bytes, against the log's entry and against ClickHouse's rows.
import {
  describeSegment,
  indexKey,
  type Ledger,
  LedgerError,
  openIndex,
  type Segment,
  segmentKey,
  verifySegment,
} from '@ashiato/ledger';
import type { Log } from '@ashiato/ledger/log';
import { formatLeaf, parseLeaf, type SegmentLeaf } from '@ashiato/ledger/proof';
import type { ObjectStore } from '@ashiato/objects';
import { leafHash } from '@ashiato/tlog';
import { type Warehouse, WarehouseError } from '@ashiato/warehouse';
import { compareProjection } from './compare-projection.ts';
import type { Fault } from './fault.ts';
import type { VerifiedLog } from './verify-log.ts';
import { verifyStart } from './verify-start.ts';

export interface PartitionReport {
  stream: string;
  partition: number;
  segments: number;
  records: number;
  /** Last committed offset; records plus gaps make up 0 to here. */
  to: number;
  gaps: number;
  /** Last offset that ClickHouse holds and that was compared; null when it was left out or holds nothing. */
  projected_to: number | null;
  /** Last offset under an entry of the log; null when nothing of it is logged. */
  logged_to: number | null;
  last_sha256: string;
  /** RFC 6962 root over the last segment's header and records, recomputed. */
  last_root: string;
  /** Segments that have no entry in the log yet. */
  unlogged: number;
}

export interface PartitionDeps {
  objects: ObjectStore;
  ledger: Ledger;
  log: Log;
  warehouse: Warehouse;
  verified: VerifiedLog;
}

interface Place {
  stream: string;
  partition: number;
  projectedTo: number | null;
}

export async function verifyPartition(
  deps: PartitionDeps,
  place: Place,
  { onPlace, onSegment }: { onPlace: (key: string) => void; onSegment: (segment: Segment) => void },
): Promise<{ report: PartitionReport; faults: Fault[] }> {
  const { stream, partition, projectedTo } = place;
  const faults: Fault[] = [];
  const report = emptyReport(stream, partition);
  const start = await deps.ledger.start(stream, partition);
  if (start.tombstone !== null) faults.push(...(await verifyStart(deps.ledger, place, start)));
  let before = start.previous === null ? null : { to: start.from - 1, sha256: start.previous };
  report.to = start.from - 1;
  for (;;) {
    const key = segmentKey(stream, partition, report.to + 1);
    const segment = await readSegment(deps, place, report.to + 1, faults);
    if (!segment) {
      // The log says what stood there, so the chain is taken up behind it.
      const leaf = await loggedLeaf(deps, key);
      if (!leaf) break;
      if (segment === undefined) {
        const fault = `is missing: entry ${deps.verified.entryOf.get(key)} of the log is of it`;
        faults.push({ kind: 'chain', place: key, fault });
      }
      before = { to: leaf.to, sha256: leaf.sha256 };
      report.to = leaf.to;
      onPlace(key);
      continue;
    }
    const { header } = segment;
    const sound = faults.length;
    try {
      await verifyOne(deps, segment, { before, projectedTo }, report, faults);
    } catch (error) {
      if (!isAboutBytes(error)) throw error;
      faults.push({ kind: 'segment', place: key, fault: error.message });
    }
    // What follows a damaged segment is held against what the log says of it, so that only the culprit is named.
    const logged = faults.length > sound ? await loggedLeaf(deps, key) : undefined;
    before = { to: logged?.to ?? header.to, sha256: logged?.sha256 ?? segment.sha256 };
    report.segments++;
    report.records += header.records;
    report.gaps += header.gaps.length;
    report.to = before.to;
    report.last_sha256 = segment.sha256;
    onPlace(key);
    onSegment(segment);
  }
  return { report, faults };
}

const emptyReport = (stream: string, partition: number): PartitionReport => ({
  stream,
  partition,
  segments: 0,
  records: 0,
  to: -1,
  gaps: 0,
  projected_to: null,
  logged_to: null,
  last_sha256: '',
  last_root: '',
  unlogged: 0,
});

async function verifyOne(
  deps: PartitionDeps,
  segment: Segment,
  { before, projectedTo }: { before: { to: number; sha256: string } | null; projectedTo: number | null },
  report: PartitionReport,
  faults: Fault[],
): Promise<void> {
  const { header, key } = segment;
  const { stream, partition } = report;
  if (header.stream !== stream || header.partition !== partition)
    faults.push({
      kind: 'chain',
      place: key,
      fault: `its header names ${header.stream}.${header.partition}`,
    });
  const found = verifySegment(segment, before);
  if ('fault' in found)
    return void faults.push({ kind: 'segment', place: placeOf(found, header), fault: found.fault });
  report.last_root = found.root;
  if (projectedTo !== null && header.to <= projectedTo) {
    faults.push(...(await compareProjection(deps.warehouse, segment)));
    report.projected_to = header.to;
  }
  if (await verifyEntry(deps, segment, faults)) report.logged_to = header.to;
  else report.unlogged++;
}

/** Lines that no ledger writes are a finding; that a store or a database does not answer is not. */
const isAboutBytes = (error: unknown): error is Error =>
  error instanceof LedgerError || (error instanceof WarehouseError && error.code === 'SHAPE');

/** Undefined when there is none; null when there is one that cannot be opened, which is a fault. */
async function readSegment(
  { ledger }: PartitionDeps,
  { stream, partition }: Place,
  from: number,
  faults: Fault[],
): Promise<Segment | undefined | null> {
  try {
    const segment = await ledger.read(stream, partition, from);
    // Whatever its header says, the next one must begin behind it, or the walk would not end.
    if (segment && segment.header.to < from)
      throw new LedgerError('SEGMENT_SHAPE', `${segment.key}: its header ends at ${segment.header.to}`);
    return segment;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    faults.push({ kind: 'segment', place: segmentKey(stream, partition, from), fault: error.message });
    return null;
  }
}

const placeOf = (
  { key, offset }: { key: string; offset: number | null },
  header: { stream: string; partition: number },
) => (offset === null ? key : `${header.stream}.${header.partition}.${offset} in ${key}`);

async function loggedLeaf({ log, verified }: PartitionDeps, key: string): Promise<SegmentLeaf | undefined> {
  const at = verified.entryOf.get(key);
  if (at === undefined) return undefined;
  const text = await entryAt(log, verified, at);
  const leaf = parseLeaf(text);
  return leaf?.kind === 'segment' ? leaf : undefined;
}

/** From the batches, which were held against the roots: the tiles may be what is damaged. */
async function entryAt(log: Log, { batches }: VerifiedLog, at: number): Promise<string> {
  const start = batches.findLast(size => size <= at)!;
  return (await log.entriesAfter(start))![at - start]!;
}

/** Holds the segment against its entry and its stored indexes; false when it has no entry yet. */
async function verifyEntry(deps: PartitionDeps, segment: Segment, faults: Fault[]): Promise<boolean> {
  const { verified, objects, log } = deps;
  const at = verified.entryOf.get(segment.key);
  if (at === undefined) return false;
  const { leaf } = await describeSegment(segment);
  if (Buffer.compare(leafHash(Buffer.from(formatLeaf(leaf))), verified.leaves.at(at)) !== 0) {
    const logged = (await loggedLeaf(deps, segment.key))!;
    const names = Object.keys(leaf) as (keyof SegmentLeaf)[];
    const differs = names.filter(name => JSON.stringify(leaf[name]) !== JSON.stringify(logged[name]));
    const fault = `differs from entry ${at} of the log in ${differs.join(', ')}`;
    faults.push({ kind: 'log', place: segment.key, fault });
    return true;
  }
  const { stream, partition, from } = segment.header;
  const noted = await log.indexOf(stream, partition, from);
  if (noted !== at)
    faults.push({
      kind: 'log',
      place: segment.key,
      fault: `is entry ${at} of the log, log/places says ${noted}`,
    });
  await verifyIndex(objects, leaf, faults);
  return true;
}

async function verifyIndex(objects: ObjectStore, leaf: SegmentLeaf, faults: Fault[]): Promise<void> {
  const place = indexKey(leaf.stream, leaf.partition, leaf.from);
  const stored = await objects.get(place);
  if (!stored) return void faults.push({ kind: 'index', place, fault: 'is missing' });
  try {
    await openIndex(stored.bytes, leaf);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    faults.push({ kind: 'index', place, fault: error.message });
  }
}
