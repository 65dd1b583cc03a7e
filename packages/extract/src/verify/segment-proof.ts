// SPDX-License-Identifier: Apache-2.0
// One line of proofs/segments.jsonl: what is shown of a segment of the period, and why it is all that there is to show.
import { lookupProof } from '@ashiato/ledger/proof';
import { z } from 'zod';

const count = z.number().int().min(0);
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

export const segmentProof = z.strictObject({
  log_index: count.describe('place of its entry in proofs/log.jsonl'),
  key: z.string(),
  shown: z
    .array(z.tuple([count, count]))
    .describe('leaves that are shown, from and to: 0 is the header, records from 1 on; empty: nothing'),
  header: z.string().nullable().describe('the header line verbatim; null when nothing is shown'),
  hidden: z.array(hex32).describe('hashes that stand for the rest, left to right'),
  lookups: z.array(lookupProof).describe('one for each key of the selection, in their order'),
  entries: z
    .array(z.strictObject({ key: z.string(), offsets: z.array(count).min(1) }))
    .nullable()
    .describe('the whole index, where the selection is all of it'),
  actor_salt: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .describe('where the actor index is asked'),
  withheld: count.describe('records not shown on the ground that the request names'),
});
export type SegmentProof = z.infer<typeof segmentProof>;

/** Undefined for anything that is not spelled as we spell it. Untrusted input. */
export function parseSegmentProof(text: string): SegmentProof | undefined {
  try {
    const parsed = segmentProof.safeParse(JSON.parse(text));
    return parsed.success && JSON.stringify(parsed.data) === text ? parsed.data : undefined;
  } catch {
    return undefined; // no JSON: an outcome, told by the return value
  }
}
