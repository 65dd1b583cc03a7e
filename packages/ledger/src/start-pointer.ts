// SPDX-License-Identifier: Apache-2.0
// Where a partition's chain begins now that older segments have expired (EVIDENCE 7): one create-only object for each
// expiry. The tombstone it names is a control event, committed like any other, and so under the log.
import type { ObjectStore } from '@ashiato/objects';
import { z } from 'zod';
import { LedgerError } from './errors.ts';

const START_FORMAT = 'ashiato.start.v1';

const startShape = z.strictObject({
  format: z.literal(START_FORMAT),
  stream: z.string(),
  partition: z.number().int(),
  from: z.number().int().describe('offset at which the first segment left begins'),
  previous: z.string().describe('SHA-256 of the last segment that is gone, uncompressed'),
  tombstone: z.string().describe('id of the control event that says so'),
});

/** The first offset that is still held, and what its segment must name as `previous`. */
export interface ChainStart {
  from: number;
  /** Null where nothing has expired. */
  previous: string | null;
  /** Id of the control event that says so. */
  tombstone: string | null;
}

const folder = (stream: string, partition: number) =>
  `starts/${stream}/${String(partition).padStart(5, '0')}/`;

/** Durable when resolved; an equal one of another process may be there. MUST come before anything is removed. */
export async function writeStart(
  objects: ObjectStore,
  start: Omit<z.infer<typeof startShape>, 'format'>,
  retainUntil: Date,
): Promise<void> {
  const key = `${folder(start.stream, start.partition)}${String(start.from).padStart(20, '0')}.json`;
  const bytes = Buffer.from(JSON.stringify({ format: START_FORMAT, ...start }));
  await objects.create(key, bytes, { retainUntil, contentType: 'application/json' });
}

export async function readStart(
  objects: ObjectStore,
  stream: string,
  partition: number,
): Promise<ChainStart> {
  let newest: string | undefined;
  for await (const { key } of objects.list(folder(stream, partition))) newest = key;
  if (newest === undefined) return { from: 0, previous: null, tombstone: null };
  const stored = await objects.get(newest);
  const parsed = startShape.safeParse(stored && JSON.parse(Buffer.from(stored.bytes).toString()));
  if (!parsed.success)
    throw new LedgerError('SEGMENT_FORMAT', `${newest}: not a start pointer that this reader knows`);
  const { from, previous, tombstone } = parsed.data;
  return { from, previous, tombstone };
}
