// SPDX-License-Identifier: Apache-2.0
// What an extract was asked for. It stands in the manifest, and everything else follows from it and the log.
import { OPERATIONS, OUTCOME_ORDER, OUTCOMES, streamName } from '@ashiato/schema';
import { z } from 'zod';

export const KINDS = ['records', 'subject', 'provision', 'receipt', 'supervision', 'joint-use'] as const;
export type Kind = (typeof KINDS)[number];

/** In UTC to the millisecond, one spelling for each instant. */
export const instantText = z
  .string()
  .refine(text => isInstant(text), 'an instant such as 2026-04-01T00:00:00.000Z');

const ids = z
  .array(
    z
      .string()
      .regex(/^[^\s\p{Cc}]+$/u, 'without spaces')
      .max(256),
  )
  .min(1)
  .max(100);

/** Any of the values of a member, and all of the members. Recipient: a category, or `<category>/<id>`. */
export const extractFilter = z.strictObject({
  subject: ids.optional(),
  contract: ids.optional(),
  actor: ids.optional(),
  recipient: ids.optional(),
  operation: z.array(z.enum(OPERATIONS)).min(1).optional(),
  purpose: ids.optional(),
  business: ids.optional(),
  field: ids.optional(),
  verdict: z.array(z.enum(OUTCOME_ORDER)).min(1).optional(),
  clause: ids.optional(),
  outcome: z.array(z.enum(OUTCOMES)).min(1).optional(),
});
export type ExtractFilter = z.infer<typeof extractFilter>;

export const extractRequest = z
  .strictObject({
    kind: z.enum(KINDS),
    stream: streamName,
    from: instantText.describe("of the events' own times, inclusive; the broker's where an event has none"),
    to: instantText.describe('exclusive'),
    filter: extractFilter,
    staff: z.enum(['named', 'hidden']).describe('hidden: no record says who of the staff it was'),
    joint_use: z
      .enum(['as_published', 'defective'])
      .describe('defective: the clause fails, so kind provision shows joint use as records under Art. 29'),
    withhold: z
      .strictObject({ ground: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]{0,127}$/), purpose: ids })
      .nullable()
      .describe('matching records of these purposes are counted and not shown'),
    case: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]{0,127}$/)
      .nullable()
      .describe('what it was made for'),
  })
  .refine(({ from, to }) => from < to, { message: 'expected `to` after `from`', path: ['to'] })
  .superRefine((request, { addIssue }) => {
    const message = kindProblem(request);
    if (message !== undefined) addIssue({ code: 'custom', message, path: ['filter'] });
  });
export type ExtractRequest = z.infer<typeof extractRequest>;

/** What a kind does not go with; undefined when it goes. */
function kindProblem({
  kind,
  filter,
  staff,
}: {
  kind: Kind;
  filter: ExtractFilter;
  staff: string;
}): string | undefined {
  const only = (name: keyof ExtractFilter, value: string) =>
    filter[name]?.length === 1 && (filter[name] as string[])[0] === value;
  if (kind === 'subject' && (Object.keys(filter).join() !== 'subject' || staff !== 'hidden'))
    return 'kind subject: expected the filter subject alone, and staff hidden';
  if (kind === 'provision' && !only('operation', 'provide'))
    return 'kind provision: expected operation provide';
  if (kind === 'receipt' && !only('operation', 'receive')) return 'kind receipt: expected operation receive';
  return undefined;
}

function isInstant(text: string): boolean {
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString() === text;
}
