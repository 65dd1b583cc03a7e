// SPDX-License-Identifier: Apache-2.0
// The parameters of the reports as they stand in a query string.
import { OPERATIONS, OUTCOME_ORDER, OUTCOMES, streamName } from '@ashiato/schema';
import { recordsParams, usageParams } from '@ashiato/warehouse';
import { z } from 'zod';
import type { Parameter, Parameters } from './query-parameters.ts';

const LONGEST = 256;
const id = (what: string): Parameter => ({
  schema: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(LONGEST),
  expected: `${what}: printable ASCII without spaces, at most ${LONGEST} characters`,
  list: true,
});
const oneOf = (values: readonly string[], list?: true): Parameter => ({
  schema: z.enum(values as [string, ...string[]]),
  expected: `one of ${values.join(', ')}`,
  ...(list ? { list } : {}),
});
const time: Parameter = {
  schema: recordsParams.shape.from.unwrap(),
  expected: 'an RFC 3339 time such as 2026-04-01T00:00:00+09:00',
};

const filters = {
  from: { ...time, expected: `${time.expected}; the event's own time, inclusive` },
  to: { ...time, expected: `${time.expected}; exclusive` },
  event_id: id('a CloudEvents id'),
  source: id('a source'),
  actor: id('an actor id'),
  org: id('an organisation id'),
  role: id('a role of an actor'),
  subject: id('a subject ref'),
  field: id('a field id'),
  purpose: id('a purpose id'),
  business: id('a business id'),
  recipient: id('a recipient category'),
  operation: oneOf(OPERATIONS, true),
  verdict: oneOf(OUTCOME_ORDER, true),
  clause: id('a clause id'),
  reference: id('the id of a reference, of any kind'),
  outcome: oneOf(OUTCOMES, true),
} satisfies Parameters;

const format = oneOf(['json', 'csv']);

export const usageParameters: Parameters = {
  by: {
    schema: usageParams.shape.by.element,
    expected: `dimensions separated by commas, of ${usageParams.shape.by.element.options.join(', ')}`,
    commas: true,
  },
  ...filters,
  mode: oneOf(['literal', 'strict']),
  tz: { schema: usageParams.shape.tz.unwrap(), expected: 'an IANA time zone such as Asia/Tokyo' },
  format,
};

export const completenessParameters: Parameters = {
  from: { ...time, expected: `${time.expected}; the broker's clock, inclusive` },
  to: { ...time, expected: `${time.expected}; exclusive` },
  format,
};

export const recordsParameters: Parameters = {
  ...filters,
  stream: { schema: streamName, expected: 'the name of a stream, such as access', list: true },
  limit: {
    schema: z
      .string()
      .regex(/^[1-9]\d{0,3}$/)
      .transform(Number)
      .pipe(z.number().max(1_000)),
    expected: 'a whole number from 1 to 1000',
  },
  cursor: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/)
      .max(300),
    expected: 'the next_cursor of an earlier answer',
  },
  format,
};
