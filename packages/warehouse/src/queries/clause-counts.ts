// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { RunQuery } from '../run-query.ts';
import { countedIf } from './counting.ts';

export const clauseCount = z.object({
  clause: z.string(),
  count: z.number().int(),
  violations: z.number().int(),
  undetermined: z.number().int(),
});
export type ClauseCount = z.infer<typeof clauseCount>;

/** How often each clause of a policy version was named in a verdict; `violations` by the verdict as committed. */
export async function clauseCounts(
  run: RunQuery,
  { id, version }: { id: string; version: string },
): Promise<ClauseCount[]> {
  const sql = `SELECT clause, ${countedIf('1')} AS count, ${countedIf("verdict = 'violation'")} AS violations,
  ${countedIf("verdict = 'undetermined'")} AS undetermined
FROM records ARRAY JOIN clauses AS clause
WHERE counted = 1 AND policy_id = {id:String} AND policy_version = {version:String}
GROUP BY clause ORDER BY clause`;
  return run({ name: 'clause counts', sql, params: { id, version }, row: clauseCount });
}
