// SPDX-License-Identifier: Apache-2.0
// What people ask for, and the request that it comes to.
import { streamName, timestamp } from '@ashiato/schema';
import { z } from 'zod';
import { type ExtractRequest, extractFilter, extractRequest, KINDS } from '../verify/extract-request.ts';
import { ExtractError } from './errors.ts';

/** Shape of `POST /v1/extracts`. */
export const extractAsk = z.strictObject({
  kind: z.enum(KINDS),
  stream: streamName.optional().describe('access when absent'),
  from: timestamp.describe("start of the period, of the events' own times; inclusive"),
  to: timestamp
    .optional()
    .describe('its end, exclusive; absent, or later than the log reaches: as far as that'),
  filter: extractFilter.optional().describe('any of the values of a member, all of the members'),
  staff: z.enum(['named', 'hidden']).optional().describe('named when absent; always hidden for kind subject'),
  joint_use: extractRequest.shape.joint_use.optional().describe('as_published when absent'),
  withhold: extractRequest.shape.withhold
    .optional()
    .describe('what is counted and not shown, and on which ground'),
  case: extractRequest.shape.case.optional().describe('what it is made for'),
});
export type ExtractAsk = z.infer<typeof extractAsk>;

/** The last millisecond that has a text of its own: the end of a period without one, until the log gives it. */
const END_OF_TIME = '9999-12-31T23:59:59.999Z';

/** @throws ExtractError REQUEST, with all that is wrong */
export function requestOf(ask: ExtractAsk): ExtractRequest {
  const operation = { provision: ['provide'], receipt: ['receive'] }[ask.kind as 'provision' | 'receipt'];
  const parsed = extractRequest.safeParse({
    kind: ask.kind,
    stream: ask.stream ?? 'access',
    from: utc(ask.from),
    to: ask.to === undefined ? END_OF_TIME : utc(ask.to),
    filter: { ...ask.filter, ...(operation && !ask.filter?.operation ? { operation } : {}) },
    staff: ask.staff ?? (ask.kind === 'subject' ? 'hidden' : 'named'),
    joint_use: ask.joint_use ?? 'as_published',
    withhold: ask.withhold ?? null,
    case: ask.case ?? null,
  });
  if (parsed.success) return parsed.data;
  throw new ExtractError('REQUEST', z.prettifyError(parsed.error));
}

const utc = (text: string): string => {
  const at = new Date(text.toUpperCase());
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
};
