// SPDX-License-Identifier: Apache-2.0
// Checks a whole trail and names the first faults exactly. Everything is recomputed from stored bytes.
import { createHash } from 'node:crypto';
import { type ChainStart, type Ledger, LedgerError, type Segment, verifySegment } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import { readTombstones } from '@ashiato/retention';
import { compareSegment, createReports, strayRows, type Warehouse } from '@ashiato/warehouse';
import { listStored, missingAfter, places } from './stored-objects.ts';

/** What was found wrong, and where: an object key, a record id, a partition. */
export interface Fault {
  kind: 'segment' | 'chain' | 'policy' | 'version' | 'projection' | 'stray';
  place: string;
  fault: string;
}

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
  last_sha256: string;
  /** RFC 6962 root over the last segment's header and records, recomputed. */
  last_root: string;
}

export interface TrailReport {
  ok: boolean;
  partitions: PartitionReport[];
  faults: Fault[];
}

interface Deps {
  objects: ObjectStore;
  ledger: Ledger;
  warehouse: Warehouse;
}

/** Over this many the trail is beyond single faults; the rest is left unsaid. */
const MOST_FAULTS = 1000;

export async function verifyTrail(
  deps: Deps,
  options: { projection: boolean; onProgress: (records: number, place: string) => void },
): Promise<TrailReport> {
  const faults: Fault[] = [];
  const partitions: PartitionReport[] = [];
  const policies = new Set<string>();
  const frontier = options.projection ? await frontierOf(deps.warehouse) : new Map<string, number>();
  // Listed before the chains are read: a chain only grows, so whatever is listed here must be met there.
  const stored = await listStored(deps.objects);
  let verified = 0;
  for (const place of places(stored, frontier)) {
    const { stream, partition } = place;
    const name = `${stream}.${partition}`;
    const projectedTo = frontier.get(name) ?? null;
    const report = await verifyPartition(deps, { stream, partition, projectedTo }, faults, segment => {
      for (const { sha256 } of segment.header.policies) policies.add(sha256);
      stored.segments.delete(segment.key);
      verified += segment.header.records;
      options.onProgress(verified, name);
    });
    partitions.push(report);
    faults.push(...missingAfter(report, stored, projectedTo));
  }
  for (const key of stored.strays)
    faults.push({ kind: 'stray', place: key, fault: 'is none of the objects that a trail keeps' });
  for (const sha256 of policies) await verifyPolicy(deps.objects, sha256, faults);
  await verifyVersions(deps.objects, faults);
  if (options.projection) await verifyNothingElse(deps.warehouse, faults);
  return { ok: faults.length === 0, partitions, faults: faults.slice(0, MOST_FAULTS) };
}

async function frontierOf(warehouse: Warehouse): Promise<Map<string, number>> {
  const rows = await createReports(warehouse).frontier();
  return new Map(rows.map(({ stream, partition, to }) => [`${stream}.${partition}`, to]));
}

async function verifyPartition(
  { ledger, warehouse }: Deps,
  { stream, partition, projectedTo }: { stream: string; partition: number; projectedTo: number | null },
  faults: Fault[],
  onSegment: (segment: Segment) => void,
): Promise<PartitionReport> {
  const report: PartitionReport = {
    stream,
    partition,
    segments: 0,
    records: 0,
    to: -1,
    gaps: 0,
    projected_to: null,
    last_sha256: '',
    last_root: '',
  };
  const start = await ledger.start(stream, partition);
  if (start.tombstone !== null) faults.push(...(await verifyStart(ledger, { stream, partition }, start)));
  let before = start.previous === null ? null : { to: start.from - 1, sha256: start.previous };
  report.to = start.from - 1;
  try {
    for await (const segment of ledger.walk(stream, partition)) {
      const { header, key } = segment;
      const verified = verifySegment(segment, before);
      if ('fault' in verified) {
        faults.push({ kind: 'segment', place: placeOf(verified, header), fault: verified.fault });
      } else report.last_root = verified.root;
      if ('root' in verified && projectedTo !== null && header.to <= projectedTo) {
        await compare(warehouse, segment, faults);
        report.projected_to = header.to;
      }
      before = { to: header.to, sha256: segment.sha256 };
      report.segments++;
      report.records += header.records;
      report.gaps += header.gaps.length;
      report.to = header.to;
      report.last_sha256 = segment.sha256;
      onSegment(segment);
      if (header.stream !== stream || header.partition !== partition) {
        faults.push({
          kind: 'chain',
          place: key,
          fault: `its header names ${header.stream}.${header.partition}`,
        });
      }
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    faults.push({
      kind: 'segment',
      place: `${stream}.${partition} after offset ${report.to}`,
      fault: error.message,
    });
  }
  return report;
}

/** Whoever takes the beginning of a chain away could write a start pointer; the tombstone is in another chain. */
async function verifyStart(
  ledger: Ledger,
  { stream, partition }: { stream: string; partition: number },
  { from, previous, tombstone }: ChainStart,
): Promise<Fault[]> {
  const told = (await readTombstones(ledger)).get(tombstone!);
  const agrees =
    told?.stream === stream &&
    told.partition === partition &&
    told.to + 1 === from &&
    told.last_sha256 === previous;
  if (agrees) return [];
  const fault = `begins at offset ${from}, but no tombstone in the control stream says that what was before has expired`;
  return [{ kind: 'chain', place: `${stream}.${partition}`, fault }];
}

const placeOf = (
  { key, offset }: { key: string; offset: number | null },
  header: { stream: string; partition: number },
) => (offset === null ? key : `${header.stream}.${header.partition}.${offset} in ${key}`);

async function compare(warehouse: Warehouse, segment: Segment, faults: Fault[]): Promise<void> {
  const fault = (place: string, text: string) => faults.push({ kind: 'projection', place, fault: text });
  const projected = await projectedSha256(warehouse, segment);
  if (projected !== segment.sha256) {
    // Then the rows are the witness and the segment the suspect: to rebuild would make them agree, and wrong.
    const was = `was projected when its bytes had SHA-256 ${projected ?? '(none)'}, now they have ${segment.sha256}`;
    return void fault(segment.key, was);
  }
  const { mismatch, missing, surplus } = await compareSegment(warehouse, segment);
  if (mismatch)
    fault(mismatch.id, `column ${mismatch.column} differs from the segment; "ashiato rebuild" mends it`);
  for (const id of missing) fault(id, 'has no row; "ashiato rebuild" mends it');
  for (const id of surplus) fault(id, 'has a row that no segment holds; "ashiato rebuild" mends it');
}

/** What the segment's bytes were when they were projected: a witness outside the object store. */
async function projectedSha256(warehouse: Warehouse, { header, key }: Segment): Promise<string | undefined> {
  const result = await warehouse.client.query({
    query: `SELECT sha256 FROM segments FINAL
WHERE stream = {stream:String} AND partition = {partition:UInt32} AND key = {key:String}`,
    query_params: { stream: header.stream, partition: header.partition, key },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ sha256: string }>();
  return rows[0]?.sha256;
}

async function verifyPolicy(objects: ObjectStore, sha256: string, faults: Fault[]): Promise<void> {
  const key = `policies/${sha256}.json`;
  const stored = await objects.get(key);
  if (!stored)
    faults.push({ kind: 'policy', place: key, fault: 'records were judged by it, but it is not stored' });
  else if (createHash('sha256').update(stored.bytes).digest('hex') !== sha256) {
    faults.push({ kind: 'policy', place: key, fault: 'its bytes do not have the hash of its name' });
  }
}

/** The oldest version is the truth; anything put or marked over it was not done by us. */
async function verifyVersions(objects: ObjectStore, faults: Fault[]): Promise<void> {
  for (const prefix of ['segments/', 'policies/', 'snapshots/']) {
    for await (const version of objects.versions(prefix)) {
      if (version.isDeleteMarker)
        faults.push({ kind: 'version', place: version.key, fault: 'has a delete marker' });
      else if (!version.isOldest)
        faults.push({ kind: 'version', place: version.key, fault: 'has a second version' });
    }
  }
}

async function verifyNothingElse(warehouse: Warehouse, faults: Fault[]): Promise<void> {
  for (const { stream, partition, segment_from, rows } of await strayRows(warehouse)) {
    const place = `${stream}.${partition} segment ${segment_from}`;
    faults.push({ kind: 'projection', place, fault: `${rows} rows of a segment that is not projected` });
  }
}
