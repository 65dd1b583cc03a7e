// SPDX-License-Identifier: Apache-2.0
// The filters that records and usage share: each is a list of values, any of which may match.
import { streamName } from '@ashiato/schema';
import { z } from 'zod';
import { timeMicros } from '../event-time.ts';

const values = z.array(z.string().max(256)).min(1).max(200).optional();
const time = z
  .string()
  .refine(
    text => timeMicros(text) !== undefined,
    'expected an RFC 3339 time such as 2026-04-01T00:00:00+09:00',
  );

/** `from` and `to` bound the event's own time, half open. */
export const recordFilters = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  stream: z.array(streamName).min(1).optional(),
  event_id: values,
  source: values,
  actor: values,
  org: values,
  role: values,
  subject: values,
  field: values,
  purpose: values,
  business: values,
  recipient: values.describe('categories'),
  operation: values,
  verdict: values,
  clause: values,
  reference: values.describe('ids, of any kind'),
  outcome: values,
});
export type RecordFilters = z.infer<typeof recordFilters>;

const LISTS: Record<string, string> = { field: 'fields', clause: 'clauses', reference: 'reference_ids' };

/** SQL conditions and their parameters. `verdictColumn` is the mode that `verdict` asks about. */
export function filterConditions(
  filters: RecordFilters,
  verdictColumn: 'verdict' | 'literal' | 'strict',
): { conditions: string[]; params: Record<string, unknown> } {
  const { from, to, ...lists } = filters;
  const conditions: string[] = [];
  const params: Record<string, unknown> = {};
  if (from !== undefined) {
    conditions.push("time >= fromUnixTimestamp64Micro({from:Int64}, 'UTC')");
    params.from = timeMicros(from);
  }
  if (to !== undefined) {
    conditions.push("time < fromUnixTimestamp64Micro({to:Int64}, 'UTC')");
    params.to = timeMicros(to);
  }
  for (const [name, wanted] of Object.entries(lists)) {
    if (wanted === undefined) continue;
    const list = LISTS[name];
    const column = name === 'verdict' ? verdictColumn : name;
    conditions.push(
      list ? `hasAny(${list}, {${name}:Array(String)})` : `${column} IN {${name}:Array(String)}`,
    );
    params[name] = wanted;
  }
  return { conditions, params };
}
