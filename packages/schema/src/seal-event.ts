// SPDX-License-Identifier: Apache-2.0
// Seal and beacon: what keeps silence visible (DESIGN 6 "Beacons", EVIDENCE 3).
import { z } from 'zod';
import { decimal, envelope, timestamp } from './access-event.ts';
import { BEACON_TYPE, SEAL_TYPE } from './names.ts';

const hexRoot = z.string().regex(/^[0-9a-f]{64}$/);

/** A source's signed statement "up to here, with this Merkle root"; an empty range has `last` = `first` - 1. */
export const sealEvent = z.strictObject({
  ...envelope,
  type: z.literal(SEAL_TYPE),
  data: z.strictObject({
    source: z
      .string()
      .regex(/^[A-Za-z0-9/][A-Za-z0-9._:/@+=#~%-]*$/)
      .max(256),
    epoch: decimal,
    first: decimal,
    last: decimal,
    root: hexRoot.describe('RFC 6962 root over the SHA-256 of the bytes of the events first..last'),
    previous_seal: hexRoot.optional(),
    interval: z.number().int().min(1).max(86_400).describe('seconds'),
    time: timestamp,
    reason: z.enum(['start', 'interval', 'stop']).optional(),
    previous_epoch: z.strictObject({ epoch: decimal, last: decimal }).optional(),
    signature: z
      .string()
      .regex(/^[A-Za-z0-9+/]{86}==$/)
      .describe('Ed25519, base64, over the seal without it'),
  }),
});

export type Seal = z.infer<typeof sealEvent>['data'];

/** What a seal's signature covers: the seal without it, as RFC 8785 canonical JSON in UTF-8. */
export function signedText({
  signature: _,
  ...seal
}: Omit<Seal, 'signature'> & { signature?: string }): string {
  return canonical(seal);
}

/** For what a seal holds: ASCII strings, whole numbers, members of members. */
function canonical(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => {
      const text = typeof member === 'object' && member !== null ? canonical(member) : JSON.stringify(member);
      return `"${name}":${text}`;
    });
  return `{${members.join(',')}}`;
}

/** The recorder's own heartbeat in every partition, so that silence has offsets too. */
export const beaconEvent = z.strictObject({
  ...envelope,
  type: z.literal(BEACON_TYPE),
  data: z.strictObject({
    recorder: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/)
      .max(128),
  }),
});
