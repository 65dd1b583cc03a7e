// SPDX-License-Identifier: Apache-2.0
// Who used what for which purpose: counts of access events by any of the dimensions.
import { usageRow } from '@ashiato/schema';
import { z } from 'zod';
import type { RunQuery } from '../run-query.ts';
import { countedIf } from './counting.ts';
import { filterConditions, recordFilters } from './record-filters.ts';

export const USAGE_DIMENSIONS = [
  'purpose',
  'field',
  'business',
  'recipient',
  'source',
  'operation',
  'org',
  'role',
  'verdict',
  'day',
] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

export const usageParams = recordFilters.omit({ stream: true }).extend({
  by: z.array(z.enum(USAGE_DIMENSIONS)).max(USAGE_DIMENSIONS.length),
  mode: z.enum(['literal', 'strict']).default('strict'),
  tz: z
    .string()
    .refine(isTimeZone, 'expected an IANA time zone such as Asia/Tokyo')
    .default('Asia/Tokyo')
    .describe('whose days `day` counts'),
});
export type UsageParams = z.input<typeof usageParams>;

/**
 * One row per combination, largest count first; without dimensions one row. By `field`, an event counts once for
 * each distinct field it names (one with none counts under the empty text), and a `field` filter restricts the
 * rows too. `violations` and `undetermined` are those of `mode`.
 */
export async function usage(run: RunQuery, params: UsageParams) {
  const { by, mode, tz, ...filters } = usageParams.parse(params);
  const { conditions, params: values } = filterConditions(filters, mode);
  const dimensions = [...new Set(by)];
  const expressions = dimensions.map(dimension => expressionOf(dimension, mode));
  const byField = dimensions.includes('field');
  if (byField && filters.field) conditions.push('one_field IN {field:Array(String)}');
  const sql = `SELECT ${[
    ...dimensions.map((dimension, i) => `${expressions[i]} AS ${dimension}`),
    `${countedIf('1')} AS count`,
    `${countedIf(`${mode} = 'violation'`)} AS violations`,
    `${countedIf(`${mode} = 'undetermined'`)} AS undetermined`,
  ].join(', ')}
FROM records ${byField ? 'LEFT ARRAY JOIN arrayDistinct(fields) AS one_field' : ''}
WHERE ${['counted = 1', ...conditions].join(' AND ')}
${expressions.length > 0 ? `GROUP BY ${expressions.join(', ')}` : ''}
ORDER BY ${['count DESC', ...expressions].join(', ')}`;
  return run({ name: 'usage', sql, params: { ...values, tz }, row: usageRow });
}

function expressionOf(dimension: UsageDimension, mode: 'literal' | 'strict'): string {
  switch (dimension) {
    case 'field':
      return 'one_field';
    case 'verdict':
      return mode;
    case 'day':
      return 'toString(toDate(time, {tz:String}))';
    default:
      return dimension;
  }
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false; // that is what the constructor throws for
  }
}
