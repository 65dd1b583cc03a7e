// SPDX-License-Identifier: Apache-2.0
// What a policy file states about the published text itself: lint draws its findings from these facts.
import { z } from 'zod';

export const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*(?:[.:-][A-Za-z0-9_]+)*$/, 'an id');
const line = z.number().int().min(1);

/** What a text should speak of, beside purposes and recipients (after APPI Art. 32(1) and its Cabinet Order). */
export const TOPICS = [
  'retention',
  'disclosure',
  'correction',
  'suspension',
  'security_measures',
  'complaints',
] as const;
/** What identifies who answers for jointly used data (APPI Art. 27(5)(iii), as of April 2022). */
export const MANAGER_DETAILS = ['name', 'address', 'representative'] as const;
export const STATISTICS_DETAILS = ['method', 'threshold', 'anonymisation_rules'] as const;

const footnote = z.strictObject({
  mark: z.string().min(1).describe('as the text prints it'),
  line: line.describe('where the text refers to it'),
  clauses: z.array(id).min(1),
  defined_on: line.nullable().describe('the line of its definition; null = nowhere'),
});
const jointUse = z.strictObject({
  users: z.array(id).min(1).describe('recipients'),
  items: z.array(id).describe('groups of fields'),
  purposes: z.array(id),
  manager: z
    .strictObject({ clauses: z.array(id).min(1), told: z.array(z.enum(MANAGER_DETAILS)) })
    .optional()
    .describe('who answers for the data, and what the text tells of them beside their role'),
});

export const textFacts = z.strictObject({
  open_lists: z.array(id).optional().describe('clauses whose list of persons or data ends with "etc."'),
  repeated: z.array(id).optional().describe('clauses that stand more than once'),
  footnotes: z.array(footnote).optional(),
  topics: z.partialRecord(z.enum(TOPICS), id).optional().describe('the clause that speaks of a topic'),
  joint_use: z.array(jointUse).optional(),
  statistics: z
    .strictObject({ clauses: z.array(id).min(1), told: z.array(z.enum(STATISTICS_DETAILS)) })
    .optional()
    .describe('where the text speaks of statistics, and what it tells of their making'),
});
