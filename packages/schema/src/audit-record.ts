// SPDX-License-Identifier: Apache-2.0
// What a segment holds (DESIGN 6): line 0 is the header, every further line one audit record.
import { z } from 'zod';
import { UNREADABLE_PROBLEMS } from './unreadable.ts';

/** Format version in every header. A reader MUST refuse a format it does not know. */
export const SEGMENT_FORMAT = 'ashiato.segment.v1';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const offset = z.number().int().min(0);

/** Offsets that hold no record, with what proves why. */
export const gapSchema = z.strictObject({
  from: offset,
  to: offset,
  cause: z.enum(['control', 'compacted', 'expired']),
  proof: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type RecordedGap = z.infer<typeof gapSchema>;

export const segmentHeader = z.strictObject({
  format: z.literal(SEGMENT_FORMAT),
  stream: z.string(),
  partition: offset,
  from: offset,
  to: offset,
  records: offset,
  gaps: z.array(gapSchema),
  previous: hex32.nullable().describe('SHA-256 of the previous segment, uncompressed; null in the first'),
  policies: z.array(
    z.strictObject({ id: z.string(), version: z.string(), sha256: hex32, source_sha256: hex32 }),
  ),
  sources: z.array(z.strictObject({ source: z.string(), epoch: z.string().nullable(), highest: offset })),
  keys: z
    .string()
    .nullable()
    .describe('object that holds the keys of encrypted members; null when there are none'),
  cluster_id: z.string().nullable(),
  created_at: z.string(),
  recorder: z.string(),
  evaluator: z.string(),
});
export type SegmentHeader = z.infer<typeof segmentHeader>;

export const OUTCOME_ORDER = ['conforming', 'undetermined', 'violation'] as const;
export type VerdictOutcome = (typeof OUTCOME_ORDER)[number];
const outcome = z.enum(OUTCOME_ORDER);

/** A finding as committed: its sentences follow from the policy bundle named in the verdict. */
export const committedFinding = z.strictObject({
  code: z.string(),
  clauses: z.array(z.string()),
  mode: z.enum(['literal', 'strict', 'both']),
  about: z.string(),
});
export type CommittedFinding = z.infer<typeof committedFinding>;

export const committedVerdict = z.strictObject({
  outcome,
  literal: outcome,
  strict: outcome,
  policy: z.strictObject({ id: z.string(), version: z.string(), sha256: hex32 }).nullable(),
  findings: z.array(committedFinding),
});
export type CommittedVerdict = z.infer<typeof committedVerdict>;

/** How a record stands among the deliveries of its source (DESIGN 6 "Re-delivery"). */
export const DELIVERIES = ['new', 'late', 'redelivery', 'conflict'] as const;
export type Delivery = (typeof DELIVERIES)[number];

export const committedDelivery = z.strictObject({
  kind: z.enum(DELIVERIES),
  missing: z
    .strictObject({ from: offset, to: offset })
    .optional()
    .describe('numbers skipped before this one'),
  first: offset
    .optional()
    .describe('offset of the delivery that this one repeats or contradicts, where known'),
});
export type CommittedDelivery = z.infer<typeof committedDelivery>;

/** A value that was cut out and encrypted (A256GCM; additional data = record id and member). */
export const encryptedMember = z.strictObject({
  member: z.string(),
  commitment: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  iv: z.string(),
  ciphertext: z.string(),
});
export type EncryptedMember = z.infer<typeof encryptedMember>;

export const MARKS = ['future_time', 'past_time'] as const;
export type Mark = (typeof MARKS)[number];

const eventLine = z.strictObject({
  offset,
  appended_at: z.number().int(),
  salt: z.string().nullable(),
  verdict: committedVerdict.nullable().describe('null for events that are not judged'),
  delivery: committedDelivery.optional(),
  marks: z.array(z.enum(MARKS)).optional(),
  encrypted: z.array(encryptedMember).optional(),
  event: z.record(z.string(), z.unknown()).optional(),
  event_b64: z.string().optional(),
});

const unreadableLine = z.strictObject({
  offset,
  appended_at: z.number().int(),
  unreadable: z.strictObject({ problem: z.enum(UNREADABLE_PROBLEMS), bytes: z.number().int().min(0) }),
  encrypted: encryptedMember.nullable().describe('the whole message; null when it had no bytes'),
});

export const auditLine = z.union([eventLine, unreadableLine]);
export type EventLine = z.infer<typeof eventLine>;
export type UnreadableLine = z.infer<typeof unreadableLine>;
export type AuditLine = EventLine | UnreadableLine;
