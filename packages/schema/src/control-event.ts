// SPDX-License-Identifier: Apache-2.0
// Control events: what the trail's own keepers do. They are committed like any other (DESIGN 5).
import { z } from 'zod';
import { actor, envelope, thingId, timestamp } from './access-event.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const kinds = {
  policy_activated: {
    by: actor.optional(),
    policy: z.strictObject({ id: thingId, version: thingId, sha256, source_sha256: sha256 }),
    effective_from: timestamp,
    effective_to: timestamp.optional(),
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
