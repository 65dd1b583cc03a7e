// SPDX-License-Identifier: Apache-2.0
// Shape of a policy file: what the published text names, clause by clause. Rows of the table are in rules-document.ts.
import { z } from 'zod';
import { id, textFacts } from './text-facts.ts';

export const sentence = z.string().min(1).max(400);
export const day = z.string().regex(z.regexes.date, 'a day as YYYY-MM-DD');
/** First and last line of the source text, counted from 1. */
export const lines = z.tuple([z.number().int().min(1), z.number().int().min(1)]);
/** literal: the text says so; strict: our reading of what it needs. */
export const basis = z.enum(['literal', 'strict']);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');
const named = { id, ja: sentence, en: sentence };
/** A term of the Data Privacy Vocabulary or of the policy's own extension, by a prefix of `prefixes`. */
const term = z.string().regex(/^[a-z]+:[A-Za-z0-9_]+$/, 'a prefixed term');

const clause = z.strictObject({ ...named, lines, basis });
const group = z.strictObject({ ...named, clause: id });
const field = z.strictObject({ ...named, collected: z.boolean().optional(), dpv: term });
/** A word with its label: a reference, an area, a kind of contract, a role. */
const word = z.strictObject(named);

/** What strict mode wants an event with this purpose to state. */
const needs = z.strictObject({
  references: z.array(id).min(1).optional().describe('one of these'),
  channels: z.array(id).min(1).optional(),
  many_persons: z.literal(true).optional().describe('a population, or a part of one act on many persons'),
});

const purpose = z.strictObject({
  ...named,
  clause: id,
  clauses: z.array(id).min(1).optional().describe('where more than one clause names the purpose'),
  kind: id,
  business: z.literal('not_needed').optional(),
  dpv: z.array(term).min(1),
  needs: needs.optional(),
  not_needed: z.array(id).optional().describe('fields that strict mode takes this purpose not to need'),
  requires_parent: z.literal(true).optional(),
  beneficiaries: z.array(id).min(1).optional().describe('recipients for whose good the text lets it be done'),
  opt_out: id.optional().describe('the clause by which a person can refuse it'),
});

const business = z.strictObject({
  ...named,
  clause: id,
  dpv: term.optional(),
  requires_parent: z.literal(true).optional(),
});

/** What the text rests giving data on; `unstated`: it names nothing. */
const groundOfProvision = z.enum([
  'entrustment',
  'joint_use',
  'consent',
  'opt_out',
  'law',
  'statistics',
  'unstated',
]);

const recipient = z.strictObject({
  ...named,
  clause: id.nullable(),
  kind: id,
  dpv: term.optional(),
  ground: groundOfProvision.optional().describe('for a recipient with a clause, and for no other'),
  purposes: z.array(id).optional(),
  fields: z.array(id).optional().describe('fields or groups'),
});

const responsible = z.strictObject({
  clause: id,
  group: id,
  contract_kinds: z.array(id).describe('empty = any'),
  party: id.describe('a recipient or a role'),
  chosen_by: z.enum(['contract', 'area', 'text']).describe('what names the party itself'),
});

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day as HH:MM');
const monthDay = z.string().regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'a month and day as MM-DD');
const calendar = z.strictObject({
  id,
  clause: id,
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  open: clock,
  close: clock,
  closed: z.strictObject({
    public_holidays: z
      .string()
      .regex(/^[A-Z]{2}$/, 'a country code')
      .optional(),
    from: monthDay.optional(),
    to: monthDay.optional(),
  }),
});

const timezone = z.string().refine(isTimezone, 'a time zone of the IANA database');

export const policyDocument = z.strictObject({
  format: z.literal('ashiato.policy/1'),
  id,
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a version'),
  timezone,
  effective_from: day,
  effective_to: day.nullable(),
  controller: sentence,
  parent_document: sentence.optional(),
  source: z.strictObject({ sha256, lines: z.number().int().min(1) }),
  rules: z.string().describe('file name of the rules, beside this file'),
  registers: z.string().describe('file name of the registers, beside this file'),
  prefixes: z.record(z.string(), z.string()),
  clauses: z.array(clause).min(1),
  groups: z.array(group),
  collection: z.strictObject({ clause: id, open_ended: z.boolean(), notice: id }).optional(),
  fields: z.array(field).min(1).describe('ids are <group>.<name>'),
  references: z.array(word),
  channels: z.array(word).optional().describe('ways to reach a person'),
  purposes: z.array(purpose).min(1),
  businesses: z.array(business),
  recipients: z.array(recipient),
  areas: z.array(word).optional().describe('areas that partners may serve'),
  contract_kinds: z.array(word).optional(),
  roles: z.array(word).optional().describe('parties that answer for data and are no recipients'),
  responsible: z.array(responsible),
  calendars: z.array(calendar),
  text: textFacts.optional(),
});
export type PolicyDocument = z.infer<typeof policyDocument>;
export type Purpose = PolicyDocument['purposes'][number];
export type Recipient = PolicyDocument['recipients'][number];

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    // Intl has no other way to ask whether it knows a zone.
    return false;
  }
}
