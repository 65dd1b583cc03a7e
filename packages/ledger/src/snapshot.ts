// SPDX-License-Identifier: Apache-2.0
// A state snapshot: what a recorder must know to go on after a segment, so that take-over reads little
// (DESIGN 6). It is a shortcut, never evidence: it follows from the segments before it.
import type { ObjectStore } from '@ashiato/objects';
import { z } from 'zod';
import { zstdCompress, zstdDecompress } from './compression.ts';
import { LedgerError } from './errors.ts';
import type { SourceStatesDump } from './source-states.ts';

const SNAPSHOT_FORMAT = 'ashiato.snapshot.v1';

const snapshotShape = z.strictObject({
  format: z.literal(SNAPSHOT_FORMAT),
  stream: z.string(),
  partition: z.number().int(),
  next: z.number().int().describe('offset at which the next segment begins'),
  last_from: z.number().int().describe('where the last segment before it begins'),
  previous: z.string().describe('SHA-256 of that segment, uncompressed'),
  sources: z.custom<SourceStatesDump>(value => typeof value === 'object' && value !== null),
});
export type Snapshot = z.infer<typeof snapshotShape>;

const folder = (stream: string, partition: number) =>
  `snapshots/${stream}/${String(partition).padStart(5, '0')}/`;

/** Writes the snapshot; an equal one of another recorder may already be there, and that is as good. */
export async function writeSnapshot(
  objects: ObjectStore,
  snapshot: Omit<Snapshot, 'format'>,
  retainUntil: Date,
): Promise<void> {
  const key = `${folder(snapshot.stream, snapshot.partition)}${String(snapshot.next).padStart(20, '0')}.json.zst`;
  const bytes = await zstdCompress(Buffer.from(JSON.stringify({ format: SNAPSHOT_FORMAT, ...snapshot })));
  await objects.create(key, bytes, { retainUntil });
}

/** The newest snapshot of a partition, or `undefined` when there is none. */
export async function readNewestSnapshot(
  objects: ObjectStore,
  stream: string,
  partition: number,
): Promise<Snapshot | undefined> {
  let newest: string | undefined;
  for await (const { key } of objects.list(folder(stream, partition))) newest = key;
  if (newest === undefined) return undefined;
  const stored = await objects.get(newest);
  if (!stored) throw new LedgerError('SEGMENT_SHAPE', `${newest}: listed, but not there`);
  const parsed = snapshotShape.safeParse(JSON.parse((await zstdDecompress(stored.bytes)).toString()));
  if (!parsed.success)
    throw new LedgerError('SEGMENT_FORMAT', `${newest}: not a snapshot that this reader knows`);
  return parsed.data;
}
