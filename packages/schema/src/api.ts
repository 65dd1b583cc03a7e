// SPDX-License-Identifier: Apache-2.0
// Shapes of the HTTP interface (DESIGN 9). Member names are the same words as the filters and the columns.
import { z } from 'zod';
import { DELIVERIES, MARKS, OUTCOME_ORDER } from './audit-record.ts';

/** A stream's name: `access`, `context` and `control`, or what the operator named a later one of that kind. */
export const streamName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const outcome = z.enum(OUTCOME_ORDER);
const finding = z.object({
  code: z.string(),
  clauses: z.array(z.string()),
  mode: z.enum(['literal', 'strict', 'both']),
  about: z.string(),
  ja: z.string(),
  en: z.string(),
});

/** A verdict as people read it: the committed one with the sentences of its policy bundle. */
export const verdictView = z.object({
  outcome,
  literal: outcome,
  strict: outcome,
  policy: z
    .object({ id: z.string(), version: z.string(), sha256: z.string(), source_sha256: z.string() })
    .nullable(),
  findings: z.array(finding),
});
export type VerdictView = z.infer<typeof verdictView>;

/** One row of `GET /v1/records`. Absent texts are empty strings, absent lists empty. */
export const recordView = z.object({
  id: z.string().describe('<stream>.<partition>.<offset>'),
  stream: streamName,
  partition: z.number().int(),
  offset: z.number().int(),
  appended_at: z.string().describe("the broker's clock, RFC 3339"),
  time: z.string().describe("the event's own time, RFC 3339; the broker's where the event has none"),
  type: z.string(),
  event_id: z.string(),
  source: z.string(),
  source_epoch: z.string(),
  sequence: z.number().int().nullable(),
  actor: z.string(),
  actor_type: z.string(),
  org: z.string(),
  role: z.string(),
  subject: z.string(),
  population: z.number().int(),
  operation: z.string(),
  form: z.string(),
  fields: z.array(z.string()),
  purpose: z.string(),
  parent_purpose: z.string(),
  business: z.string(),
  parent_business: z.string(),
  channel: z.string(),
  recipient: z.string().describe('category'),
  recipient_id: z.string(),
  refs: z.record(z.string(), z.string()),
  outcome: z.string().describe("the event's: success, denied, failed"),
  verdict: verdictView
    .nullable()
    .describe('null for seals, beacons, context, control and unreadable records'),
  delivery: z.enum(DELIVERIES),
  counted: z.boolean().describe('false for re-deliveries: kept at their position, left out of every count'),
  marks: z.array(z.enum(MARKS)),
  unreadable: z.string().describe('why the bytes are no event; empty otherwise'),
  segment: z.string().describe('object key of the segment that holds the record'),
});
export type RecordView = z.infer<typeof recordView>;

export const recordsPage = z.object({ items: z.array(recordView), next_cursor: z.string().nullable() });

/** One row of `GET /v1/usage`; the members named in `by` come first. */
export const usageRow = z.object({
  purpose: z.string().optional(),
  field: z.string().optional(),
  business: z.string().optional(),
  recipient: z.string().optional(),
  source: z.string().optional(),
  operation: z.string().optional(),
  org: z.string().optional(),
  role: z.string().optional(),
  verdict: z.string().optional(),
  day: z.string().optional(),
  count: z.number().int(),
  violations: z.number().int(),
  undetermined: z.number().int(),
});
export type UsageRow = z.infer<typeof usageRow>;

/** Up to where every stream is projected: what a report can hold. */
export const frontierRow = z.object({
  stream: z.string(),
  partition: z.number().int(),
  to: z.number().int().describe('last projected offset'),
  appended_at: z.string(),
});

export const usageReport = z.object({
  items: z.array(usageRow),
  next_cursor: z.null(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  mode: z.enum(['literal', 'strict']).describe('which mode violations and undetermined are counted in'),
  frontier: z.array(frontierRow),
});
export type UsageReport = z.infer<typeof usageReport>;

/** RFC 9457 problem details with a stable code. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ member: z.string(), code: z.string(), expected: z.string() }))
    .optional()
    .describe('the places that must be mended'),
});
export type ProblemDetails = z.infer<typeof problem>;
