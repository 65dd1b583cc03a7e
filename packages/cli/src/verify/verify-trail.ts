// SPDX-License-Identifier: Apache-2.0
// Checks a whole trail and names the first faults exactly. Everything is recomputed from stored bytes.
import { createHash } from 'node:crypto';
import type { Ledger } from '@ashiato/ledger';
import type { Log } from '@ashiato/ledger/log';
import type { ObjectStore } from '@ashiato/objects';
import { createReports, strayRows, type Warehouse } from '@ashiato/warehouse';
import { listStored, missingAfter, places } from '../stored-objects.ts';
import type { Fault } from './fault.ts';
import { type LogReport, verifyLog } from './verify-log.ts';
import { type PartitionReport, verifyPartition } from './verify-partition.ts';

export interface TrailReport {
  ok: boolean;
  partitions: PartitionReport[];
  log: LogReport;
  faults: Fault[];
}

interface Deps {
  objects: ObjectStore;
  ledger: Ledger;
  log: Log;
  warehouse: Warehouse;
}

/** Over this many the trail is beyond single faults; the rest is left unsaid. */
const MOST_FAULTS = 1000;
/** Partitions at once: while one is hashed here, ClickHouse and the disk work for the others. */
const AT_ONCE = 4;

export async function verifyTrail(
  deps: Deps,
  options: {
    projection: boolean;
    /** The log's verifier key from elsewhere; absent: the trail's own word is taken for it. */
    logKey?: string;
    onProgress: (done: number, place: string) => void;
  },
): Promise<TrailReport> {
  const faults: Fault[] = [];
  const frontier = options.projection ? await frontierOf(deps.warehouse) : new Map<string, number>();
  // Read before the chains, which only grow: whatever the log or the listing names must be met there.
  const verified = await verifyLog(deps, {
    logKey: options.logKey,
    faults,
    onProgress: entries => options.onProgress(entries, 'entries of the log'),
  });
  const stored = await listStored(deps.objects);
  const policies = new Set(verified.policies);
  let done = 0;
  const all = places(stored, [...frontier.keys(), ...verified.places]);
  const results = await inOrder(all, AT_ONCE, async ({ stream, partition }) => {
    const name = `${stream}.${partition}`;
    const projectedTo = frontier.get(name) ?? null;
    const place = { stream, partition, projectedTo };
    const result = await verifyPartition({ ...deps, verified }, place, {
      onPlace: key => stored.segments.delete(key),
      onSegment(segment) {
        for (const { sha256 } of segment.header.policies) policies.add(sha256);
        done += segment.header.records;
        options.onProgress(done, name);
      },
    });
    return { ...result, projectedTo };
  });
  for (const { report, faults: own, projectedTo } of results) {
    faults.push(...own, ...missingAfter(report, stored, projectedTo));
  }
  for (const key of stored.strays)
    faults.push({ kind: 'stray', place: key, fault: 'is none of the objects that a trail keeps' });
  for (const sha256 of policies) await verifyPolicy(deps.objects, sha256, faults);
  await verifyVersions(deps.objects, faults);
  if (options.projection) await verifyNothingElse(deps.warehouse, faults);
  const partitions = results.map(({ report }) => report);
  const unlogged = partitions.reduce((sum, report) => sum + report.unlogged, 0);
  const log = { ...verified.report, unlogged };
  return { ok: faults.length === 0, partitions, log, faults: faults.slice(0, MOST_FAULTS) };
}

/** Results in the order of `items`, `atOnce` of them under way. */
async function inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at]!);
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

async function frontierOf(warehouse: Warehouse): Promise<Map<string, number>> {
  const rows = await createReports(warehouse).frontier();
  return new Map(rows.map(({ stream, partition, to }) => [`${stream}.${partition}`, to]));
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
  for (const prefix of ['segments/', 'policies/', 'snapshots/', 'indexes/', 'log/', 'tile/']) {
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
