// SPDX-License-Identifier: Apache-2.0
// Shape of the registers file: who the company's partners were on which day, and under which agreements.
import { z } from 'zod';
import { day, sentence } from './policy-document.ts';
import { id } from './text-facts.ts';

/** Ids of partners and agreements are the ones that events carry. */
const thing = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]{0,127}$/, 'an id of at most 128 characters');
/** Bi-temporal: in force from `from` (inclusive) to `to` (exclusive), known to the company since `known_since`. */
const period = { from: day, to: day.nullable(), known_since: day };

const partner = z.strictObject({
  id: thing,
  recipient: id,
  ...period,
  legal_name: sentence,
  address: sentence,
  representative: sentence,
  areas: z.array(id),
  supervised_on: day.nullable(),
});

const agreement = z.strictObject({
  id: thing,
  partner: thing,
  ...period,
  nda: z.boolean(),
  purposes: z.array(id).optional(),
  fields: z.array(id).optional().describe('fields or groups'),
  sub_entrustment: z.boolean().optional().describe('whether the partner may pass work on'),
  supervised_on: day.nullable(),
});

const prefix = z.string().regex(/^(?:\/[A-Za-z0-9._~-]+)+$/, 'a path that sources start with');

/** Whose seals count: a source's key is that of its longest prefix, whole path segments only. */
const source = z.strictObject({
  prefix,
  public_key: z
    .string()
    .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'an Ed25519 public key: 32 bytes in base64'),
  ...period,
});

/** A system that holds personal data: whether its accesses are recorded, by which sources, or why not. */
const system = z.strictObject({
  id: thing,
  ...period,
  ja: sentence,
  en: sentence,
  fields: z.array(id).min(1).describe('what it holds: fields or groups'),
  sources: z.array(prefix).describe('prefixes of the sources that record its accesses; empty = not covered'),
  not_covered: z
    .strictObject({ ja: sentence, en: sentence })
    .optional()
    .describe('why not, where not covered'),
});

export const registersDocument = z.strictObject({
  format: z.literal('ashiato.registers/1'),
  policy: id,
  sample: z.boolean().describe('true = invented parties'),
  supervision_cycle_months: z.number().int().min(1),
  partners: z.array(partner),
  agreements: z.array(agreement),
  sources: z.array(source).optional(),
  systems: z.array(system).optional().describe('all that hold personal data: the coverage register'),
});
export type RegistersDocument = z.infer<typeof registersDocument>;
