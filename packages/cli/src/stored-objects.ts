// SPDX-License-Identifier: Apache-2.0
// What lies in the object store, against what the chains reach: a segment that was taken away leaves those after it.
import { segmentKey } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import type { Fault } from './verify/fault.ts';
import type { PartitionReport } from './verify/verify-partition.ts';

const SEGMENT = /^segments\/([^/]+)\/(\d{5})\/(\d{20})\.jsonl\.zst$/;
const SNAPSHOT = /^snapshots\/([^/]+)\/(\d{5})\/(\d{20})\.json\.zst$/;
const OTHERS = [
  /^policies\/[0-9a-f]{64}\.json$/,
  /^keys\/[^/]+\/\d{5}\/\d{20}\.[0-9a-f-]{36}\.json$/,
  /^indexes\/[^/]+\/\d{5}\/\d{20}\.jsonl\.zst$/,
  /^log\/(log\.vkey|(batches|heads)\/\d{13}\/\d{3}\.json|checkpoints\/\d{13}\/\d{3}|stamps\/\d{13}\/\d{3}\.tsr|places\/[^/]+\/\d{5}\/\d{20})$/,
  /^tile\/.+$/, // held against the log by name and content
  /^extracts\/.+$/, // what was handed out
  /^starts\/[^/]+\/\d{5}\/\d{20}\.json$/,
  /^completeness\/[0-9a-f]{16}\/[^/]+\/\d{5}\/\d{20}\.\d{15}\.json\.zst$/,
];

export interface Stored {
  /** Keys of segments; what is left when all chains are read was not reached. */
  segments: Map<string, { stream: string; partition: number }>;
  /** Greatest `next` of each partition's snapshots. */
  snapshots: Map<string, number>;
  strays: string[];
}

interface Place {
  stream: string;
  partition: number;
}

const nameOf = ({ stream, partition }: Place) => `${stream}.${partition}`;

export async function listStored(objects: ObjectStore): Promise<Stored> {
  const stored: Stored = { segments: new Map(), snapshots: new Map(), strays: [] };
  for await (const { key } of objects.list('')) {
    const segment = SEGMENT.exec(key);
    const snapshot = SNAPSHOT.exec(key);
    if (segment) stored.segments.set(key, { stream: segment[1]!, partition: Number(segment[2]) });
    else if (snapshot) {
      const place = { stream: snapshot[1]!, partition: Number(snapshot[2]) };
      stored.snapshots.set(nameOf(place), Number(snapshot[3])); // keys ascend
    } else if (!OTHERS.some(shape => shape.test(key))) stored.strays.push(key);
  }
  return stored;
}

/** What a partition's segments reach to now. */
export interface SegmentRange extends Place {
  segments: number;
  /** Where the last one begins. */
  last: number;
}

/** The partitions that hold segments, by `<stream>.<partition>`; of any number of segments only the last is kept. */
export async function segmentRanges(objects: ObjectStore): Promise<Map<string, SegmentRange>> {
  const ranges = new Map<string, SegmentRange>();
  for await (const { key } of objects.list('segments/')) {
    const segment = SEGMENT.exec(key);
    if (!segment) continue;
    const place = { stream: segment[1]!, partition: Number(segment[2]) };
    const range = ranges.get(nameOf(place)) ?? { ...place, segments: 0, last: 0 };
    ranges.set(nameOf(place), { ...range, segments: range.segments + 1, last: Number(segment[3]) }); // keys ascend
  }
  return ranges;
}

/** Every partition that anything speaks of, so that one whose segments are all gone is still looked for. */
export function places(stored: Stored, others: readonly string[]): Place[] {
  const names = new Set([
    ...[...stored.segments.values()].map(nameOf),
    ...stored.snapshots.keys(),
    ...others,
  ]);
  const found = [...names].map(name => {
    const at = name.lastIndexOf('.');
    return { stream: name.slice(0, at), partition: Number(name.slice(at + 1)) };
  });
  return found.sort((a, b) =>
    a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.partition - b.partition,
  );
}

/** What says that a chain once went on after its end. The chain alone cannot tell that its last segments are gone. */
export function missingAfter(report: PartitionReport, stored: Stored, projectedTo: number | null): Fault[] {
  const name = nameOf(report);
  const beyond = [...stored.segments].filter(([, place]) => nameOf(place) === name).map(([key]) => key);
  const snapshot = stored.snapshots.get(name) ?? 0;
  const witness =
    beyond.length > 0
      ? `${beyond.length} segments after it are stored, from ${beyond[0]} on`
      : snapshot > report.to + 1
        ? `a snapshot was taken after offset ${snapshot - 1}`
        : (projectedTo ?? -1) > report.to
          ? `ClickHouse holds records up to offset ${projectedTo}`
          : undefined;
  if (witness === undefined) return [];
  const place = segmentKey(report.stream, report.partition, report.to + 1);
  return [{ kind: 'chain', place, fault: `is missing or unreadable: ${witness}` }];
}
