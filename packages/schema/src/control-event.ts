// SPDX-License-Identifier: Apache-2.0
// Control events: what the trail's own keepers do. They are committed like any other (DESIGN 5).
import { z } from 'zod';
import {
  actor,
  decimal,
  envelope,
  sourceReference,
  thingId,
  timestamp,
  vocabularyId,
} from './access-event.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const objectKey = z
  .string()
  .regex(/^(?:keys|extracts)\/[a-z0-9._/-]+$/)
  .max(512);

const kinds = {
  policy_activated: {
    by: actor.optional(),
    policy: z.strictObject({ id: thingId, version: thingId, sha256, source_sha256: sha256 }),
    effective_from: timestamp,
    effective_to: timestamp.optional(),
  },
  hold_placed: {
    by: actor,
    hold: thingId,
    stream: thingId,
    from: timestamp.describe("of the broker's clock, inclusive"),
    to: timestamp.optional().describe('exclusive; absent = until it is released'),
    ground: vocabularyId,
    case: thingId,
  },
  hold_released: { by: actor, hold: thingId, case: thingId },
  segments_expired: {
    by: actor,
    stream: thingId,
    partition: count,
    from: count.describe('first and last offset that is gone'),
    to: count,
    segments: count,
    records: count,
    last_sha256: sha256.describe('of the last segment that is gone, uncompressed: what the next one names'),
  },
  destruction_ordered: { by: actor, target: objectKey, ground: vocabularyId, case: thingId },
  destruction_refused: {
    by: actor,
    target: objectKey,
    ground: vocabularyId,
    case: thingId,
    because: z.enum(['hold', 'period']),
    until: timestamp.optional().describe('when it may be ordered again; absent = when the hold is released'),
  },
  source_retired: {
    by: actor,
    source: sourceReference,
    epoch: decimal,
    last: decimal.describe('highest number it ever gave'),
    case: thingId,
  },
  recorder_started: { recorder: thingId, evaluator: thingId },
} as const;

/** One schema per kind, by its event type `io.ashiato.control.<kind>.v1`. */
export const controlEvents = Object.fromEntries(
  Object.entries(kinds).map(([kind, members]) => {
    const type = `io.ashiato.control.${kind}.v1`;
    return [type, z.strictObject({ ...envelope, type: z.literal(type), data: z.strictObject(members) })];
  }),
);
