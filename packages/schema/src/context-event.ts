// SPDX-License-Identifier: Apache-2.0
// Context events: business facts that explain accesses (DETECTION 4), on a topic of their own.
import { z } from 'zod';
import { actorId, envelope, keyedRef, subjectRef, thingId, timestamp, vocabularyId } from './access-event.ts';

/** Every fact has an id, says since when and until when it holds, and may correct an earlier one of the same id. */
const fact = {
  id: thingId,
  valid_from: timestamp,
  valid_to: timestamp.optional(),
  corrects: thingId.optional(),
};
const staff = { actor: actorId, org: thingId, role: vocabularyId.optional(), site: thingId.optional() };

const kinds = {
  contract: {
    subject: subjectRef,
    contract: keyedRef,
    supplier: thingId,
    area: vocabularyId,
    kind: vocabularyId,
  },
  ticket: {
    subject: subjectRef.optional(),
    ticket: thingId,
    kind: vocabularyId.optional(),
    queue: thingId.optional(),
  },
  work_order: { subject: subjectRef.optional(), work_order: thingId, area: vocabularyId.optional() },
  incident: { incident: thingId, area: vocabularyId, kind: vocabularyId.optional() },
  switching_request: { subject: subjectRef, switching_request: keyedRef, from: thingId, to: thingId },
  campaign: { campaign: thingId, purpose: vocabularyId, channel: vocabularyId.optional() },
  debt: { subject: subjectRef, debt: keyedRef },
  billing_run: { billing_period: thingId },
  staff: { ...staff, shift: vocabularyId.optional() },
  staff_customer: { actor: actorId, subject: subjectRef, household: thingId.optional() },
  watch: { subject: subjectRef, kind: vocabularyId, channel: vocabularyId.optional() },
  calendar: { day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), kind: vocabularyId },
  /** How many accesses a system counted by itself, in whole hours from valid_from to valid_to (EVIDENCE 4). */
  independent_count: {
    valid_to: timestamp,
    system: thingId,
    count: z.number().int().min(0).max(1_000_000_000_000),
  },
  agreement_change: { agreement: thingId, partner: thingId, kind: vocabularyId },
} as const;

/** One schema per kind, by its event type `io.ashiato.context.<kind>.v1`. */
export const contextEvents = Object.fromEntries(
  Object.entries(kinds).map(([kind, members]) => {
    const type = `io.ashiato.context.${kind}.v1`;
    return [
      type,
      z.strictObject({ ...envelope, type: z.literal(type), data: z.strictObject({ ...fact, ...members }) }),
    ];
  }),
);
