// SPDX-License-Identifier: Apache-2.0
// The access event: what a service says happened (DESIGN 7), as a CloudEvents 1.0 structured JSON message.
// Every string is an identifier with a pattern: no member can hold free text, so no name or address fits.
import { z } from 'zod';
import { ACCESS_TYPE } from './names.ts';

/** Ids of vocabularies (purpose, field, business, category): words, with dots between groups. */
export const vocabularyId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*(?:[.:-][A-Za-z0-9_]+)*$/)
  .max(128);
/** Ids of things (tickets, partners, hosts): printable ASCII without space, quote or at-sign. */
export const thingId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]*$/)
  .max(128);
/** Ids of staff and services; an at-sign is allowed, since many companies' staff ids have one. */
export const actorId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+=#~-]*$/)
  .max(128);
/**
 * A customer: a keyed pseudonym `<kind letter><key epoch>.<22 base64url>` (HMAC-SHA-256 of the normalised
 * number, cut to 128 bits), or a plain sample id such as `K-1`. A bare number, name or address never fits.
 */
export const subjectRef = z.string().regex(/^(?:[a-z]\d{1,4}\.[A-Za-z0-9_-]{22}|[A-Za-z]{1,12}-\d{1,12})$/);
/** A contract, debt or switching request: a keyed pseudonym as above, or a plain sample id such as `SW-2024-1`. */
export const keyedRef = z
  .string()
  .regex(/^(?:[a-z]\d{1,4}\.[A-Za-z0-9_-]{22}|[A-Za-z]{1,12}(?:-[A-Za-z0-9]{1,16}){1,3})$/);
/** RFC 3339 with an offset or Z. */
export const timestamp = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/)
  .max(40);
/** A decimal integer as a string (CloudEvents has no 64-bit integer), compared as a number, below 2^53. */
export const decimal = z.string().regex(/^(?:0|[1-9]\d{0,14})$/);
const count = z.number().int().min(0).max(1_000_000_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const sourceReference = z
  .string()
  .regex(/^[A-Za-z0-9/][A-Za-z0-9._:/@+=#~%-]*$/)
  .max(256);

/** CloudEvents context attributes that every event of ours has; unknown extensions are kept encrypted. */
export const envelope = {
  specversion: z.literal('1.0'),
  id: thingId.describe('of this event; unique per source'),
  source: sourceReference.describe('one running instance of a service; at most 256 characters'),
  time: timestamp.describe('when the access happened; chooses the policy version'),
  datacontenttype: z.literal('application/json').optional(),
  dataschema: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._:/@+=#~%-]+$/)
    .max(256)
    .optional(),
  sequence: decimal.optional().describe('number of this event within its source and epoch, without gaps'),
  sourceepoch: decimal.optional().describe('which life of the source: grows at each start'),
  partitionkey: z
    .string()
    .regex(/^[A-Za-z0-9/][A-Za-z0-9._:/@+=#~%-]*$/)
    .max(300)
    .optional()
    .describe('source and epoch, so that one source stays in one partition'),
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional()
    .describe('W3C trace context'),
  tracestate: z
    .string()
    .regex(/^[\x21-\x7e][\x20-\x7e]*$/)
    .max(512)
    .optional(),
};

export const actor = z.strictObject({
  id: actorId,
  type: z.enum(['user', 'service', 'batch', 'agent']),
  org: thingId.optional(),
  role: vocabularyId.optional(),
  session: thingId.optional(),
});

export const OPERATIONS = ['collect', 'receive', 'use', 'provide', 'update', 'erase'] as const;
export const FORMS = ['identified', 'statistical'] as const;
export const OUTCOMES = ['success', 'denied', 'failed'] as const;

/** What explains the access: ids of business facts, never their content. */
export const references = z.strictObject({
  contract: keyedRef.optional(),
  ticket: thingId.optional(),
  request: thingId.optional(),
  work_order: thingId.optional(),
  incident: thingId.optional(),
  switching_request: keyedRef.optional(),
  negawatt_contract: keyedRef.optional(),
  agreement: thingId.optional(),
  consent: thingId.optional(),
  collection_notice: thingId.optional(),
  administrative_notice: thingId.optional(),
  campaign: thingId.optional(),
  debt: keyedRef.optional(),
  billing_period: thingId.optional(),
  right: thingId.optional(),
  transform: thingId.optional(),
  order: thingId.optional(),
});

const area = vocabularyId.optional();
const dateOrTime = z.string().regex(/^\d{4}-\d{2}-\d{2}(?:[Tt][0-9:.]{8,18}(?:[Zz]|[+-]\d{2}:\d{2}))?$/);

/** `data` of an access event. */
export const accessEventData = z.strictObject({
  actor: actor.describe('who did it'),
  on_behalf_of: z.array(actor).max(16).optional().describe('for whom, nearest first'),
  subject: z.strictObject({ ref: subjectRef }).optional().describe('whose data: one event per person'),
  population: z
    .strictObject({ count })
    .optional()
    .describe('how many persons, for whole-base and statistical work'),
  part: z
    .strictObject({ operation_id: thingId, index: count, of: count })
    .optional()
    .describe('place of this event in one act that touches many persons; index from 1'),
  operation: z.enum(OPERATIONS).describe('what was done with the data'),
  fields: z.array(vocabularyId).max(128).describe('which fields: ids of the policy, never values'),
  purpose: vocabularyId.describe('for which purpose of the policy'),
  parent_purpose: vocabularyId.optional().describe('the purpose to which incidental work belongs'),
  business: vocabularyId.optional().describe('for which business of the policy'),
  parent_business: vocabularyId.optional().describe('the business to which an attached one belongs'),
  form: z.enum(FORMS).optional().describe('identified when absent'),
  channel: vocabularyId.optional().describe('the way by which a person is reached'),
  recipient: z
    .strictObject({
      category: vocabularyId,
      id: thingId.optional(),
      area,
      country: z
        .string()
        .regex(/^[A-Z]{2}$/)
        .optional(),
    })
    .optional()
    .describe('who receives; absent = use inside the company'),
  provider: z
    .strictObject({ category: vocabularyId.optional(), id: thingId.optional() })
    .optional()
    .describe('from whom, for operation receive'),
  acquisition: z
    .strictObject({ method: vocabularyId.optional(), evidence: thingId.optional() })
    .optional()
    .describe('how the provider came by the data, for operation receive'),
  provision: z
    .strictObject({ basis: vocabularyId.optional(), from: dateOrTime.optional(), to: dateOrTime.optional() })
    .optional()
    .describe('on which ground, and for which period, for operation provide'),
  refs: references
    .optional()
    .describe('what explains the access: ids of business facts, never their content'),
  lookup: z
    .strictObject({ by: z.enum(['number', 'name', 'list', 'case']), adjacent: z.boolean().optional() })
    .optional()
    .describe('how the person was found, and whether next to the one before'),
  result: z
    .strictObject({ count: count.optional(), commitment: sha256.optional() })
    .optional()
    .describe('rows returned; for form statistical, persons in the smallest group'),
  outcome: z.enum(OUTCOMES).optional().describe('success when absent'),
  break_glass: z
    .strictObject({ code: thingId, approver: actorId.optional() })
    .optional()
    .describe('an emergency access, and who allowed it'),
  site: z
    .strictObject({
      id: thingId.optional(),
      terminal: thingId.optional(),
      ip: z
        .string()
        .regex(/^[0-9A-Fa-f.:]{2,45}$/)
        .optional(),
    })
    .optional()
    .describe('from where'),
});

/** One access event. Additive changes only within v1. */
export const accessEvent = z.strictObject({
  ...envelope,
  type: z.literal(ACCESS_TYPE),
  data: accessEventData,
});
export type AccessEvent = z.infer<typeof accessEvent>;
