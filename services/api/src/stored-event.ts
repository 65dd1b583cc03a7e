// SPDX-License-Identifier: Apache-2.0
// The event of a record as it was committed, from its segment.
import { type Ledger, recordLines } from '@ashiato/ledger';
import { type AuditLine, encryptedMember } from '@ashiato/schema';
import { z } from 'zod';
import { ApiError } from './problems.ts';
import type { StoredRecord } from './verdict-view.ts';

export const storedEvent = z.object({
  event: z.record(z.string(), z.unknown()).nullable().describe('as committed; null for unreadable bytes'),
  encrypted: z
    .array(encryptedMember)
    .describe('members kept encrypted: their commitments stand in the event'),
});

/** Throws ApiError segment_unavailable when the store does not answer or the segment is not as the row says. */
export async function storedEventOf(
  ledger: Pick<Ledger, 'read'>,
  { stream, partition, offset, segment }: StoredRecord,
): Promise<z.infer<typeof storedEvent>> {
  const from = Number(/(\d+)\.jsonl\.zst$/.exec(segment)?.[1]);
  const found = await ledger.read(stream, partition, from).catch(() => {
    throw new ApiError('segment_unavailable', `${segment} cannot be read from the object store`);
  });
  const start = `{"offset":${offset},`;
  for (const text of found ? recordLines(found) : []) {
    if (text.startsWith(start)) return eventOf(JSON.parse(text) as AuditLine);
  }
  throw new ApiError('segment_unavailable', `${segment} does not hold the record; run verify`);
}

function eventOf(line: AuditLine): z.infer<typeof storedEvent> {
  if ('unreadable' in line) return { event: null, encrypted: line.encrypted ? [line.encrypted] : [] };
  const { event, event_b64, encrypted = [] } = line;
  if (event_b64 === undefined) return { event: event ?? null, encrypted };
  return { event: JSON.parse(Buffer.from(event_b64, 'base64').toString('utf8')), encrypted };
}
