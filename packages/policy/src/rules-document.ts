// SPDX-License-Identifier: Apache-2.0
// Shape of the rules file: the outcome table, row by row, and the conditions that a row may set.
import { z } from 'zod';
import { basis, lines, sentence } from './policy-document.ts';
import { id } from './text-facts.ts';

export const OPERATIONS = ['collect', 'receive', 'use', 'provide', 'update', 'erase'] as const;
export const FORMS = ['identified', 'statistical'] as const;
export const UNLISTED = 'unlisted';

const operation = z.array(z.enum([...OPERATIONS, UNLISTED])).min(1);
const form = z.array(z.enum([...FORMS, UNLISTED])).min(1);
const selectors = z.array(id).min(1);

/** Conditions that hold together. A condition that is left out does not matter. */
export const conditions = z.strictObject({
  operation: operation.optional(),
  form: form.optional(),
  purpose: selectors
    .optional()
    .describe('ids, kinds, unlisted, missing; of a purpose with a parent: the parent'),
  parent: z
    .array(z.enum(['given', 'missing', 'not_needed']))
    .min(1)
    .optional(),
  recipient: selectors.optional().describe('ids, kinds, none, unlisted'),
  recipient_not: selectors.optional(),
  recipient_purpose: z.enum(['listed', 'other']).optional().describe("whether it is one of the recipient's"),
  business: z
    .array(z.enum(['listed', 'missing', 'unlisted', 'parent_missing']))
    .min(1)
    .optional(),
  need: z
    .enum(['reference', 'channel', 'many_persons'])
    .optional()
    .describe('a need of the purpose, not met'),
  refs_any: selectors.optional().describe('at least one of these references is present'),
  refs_none: selectors.optional().describe('none of these references is present'),
  partner: z.enum(['registered', 'unregistered']).optional(),
  area: z.enum(['missing', 'other']).optional(),
  agreement: z.enum(['valid', 'absent', 'ended']).optional(),
  persons: z
    .union([
      z.strictObject({ below: z.number().int().min(1) }),
      z.strictObject({ at_least: z.number().int().min(1) }),
    ])
    .optional()
    .describe('population.count, else result.count; a missing count is below any number'),
  fields: z
    .union([z.literal('missing'), z.strictObject({ only: selectors })])
    .optional()
    .describe('about all fields together; only: at least one field, and none but these'),
  field: selectors
    .optional()
    .describe('a finding for each field in it: ids, groups, unlisted, not_needed, recipient'),
  field_not: selectors.optional().describe('a finding for each field outside it'),
});
export type Conditions = z.infer<typeof conditions>;

const outcome = z.enum(['conforming', 'undetermined', 'violation']);

/** What a finding of this code means, whichever event it is about. */
const meaning = {
  clauses: z.array(z.string()).min(1).describe('clause ids, and $purpose, $business, $recipient, $field'),
  lines,
  basis,
  literal: outcome.optional(),
  strict: outcome.optional(),
  ja: sentence,
  en: sentence,
  remedy_ja: sentence.optional(),
  remedy_en: sentence.optional(),
};
const code = z.string().regex(/^[a-z][a-z0-9_]*$/, 'a code in snake case');

const family = z.strictObject({ operation, form, covers: z.boolean() });
const row = z.strictObject({
  code,
  family: id,
  covers: z.boolean().optional(),
  when: z.union([conditions, z.array(conditions).min(1)]),
  about: z
    .string()
    .min(1)
    .optional()
    .describe('the member it is about; left out where fields or needs say it'),
  ...meaning,
});
const fallback = z.strictObject(meaning);

export const FALLBACKS = ['no_policy_in_force', 'time_unreadable', 'no_rule'] as const;
export type FallbackCode = (typeof FALLBACKS)[number];

export const rulesDocument = z.strictObject({
  format: z.literal('ashiato.rules/1'),
  families: z.record(id, family),
  fallback: z.strictObject({ no_policy_in_force: fallback, time_unreadable: fallback, no_rule: fallback }),
  rules: z.array(row).min(1),
});
export type RulesDocument = z.infer<typeof rulesDocument>;
export type Row = RulesDocument['rules'][number];
export type Meaning = RulesDocument['fallback']['no_rule'];

/** The alternatives of a row; one that holds wholly is enough. */
export function alternatives(row: Row): readonly Conditions[] {
  return Array.isArray(row.when) ? row.when : [row.when];
}
