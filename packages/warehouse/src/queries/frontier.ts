// SPDX-License-Identifier: Apache-2.0
// Up to where each partition is projected without a hole: what a report can hold.
import { frontierRow } from '@ashiato/schema';
import { z } from 'zod';
import type { RunQuery } from '../run-query.ts';

export type Frontier = z.infer<typeof frontierRow>;

const summary = frontierRow.extend({ first: z.number(), offsets: z.number() });

const SUMMARY = `SELECT stream, partition, max(s.to) AS to, max(s.last_appended) AS appended_at,
  min(s.from) AS first, sum(s.to - s.from + 1) AS offsets
FROM segments AS s FINAL GROUP BY stream, partition ORDER BY stream, partition`;

/** A row that does not follow the one before it ends the chain; the rows before it are the chain. */
const CHAIN = `SELECT {stream:String} AS stream, {partition:UInt32} AS partition, max(s.to) AS to,
  max(s.last_appended) AS appended_at
FROM segments AS s FINAL
WHERE s.stream = {stream:String} AND s.partition = {partition:UInt32} AND s.from < (
  SELECT min(from) FROM (
    SELECT from, lagInFrame(to + 1, 1, 0) OVER (ORDER BY from ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS expected
    FROM segments FINAL WHERE stream = {stream:String} AND partition = {partition:UInt32}
  ) WHERE from != expected)
HAVING count() > 0`;

/** One row per partition that holds a whole beginning; partitions without one are left out. */
export async function frontier(run: RunQuery): Promise<Frontier[]> {
  const rows = await run({ name: 'frontier', sql: SUMMARY, params: {}, row: summary });
  const found = await Promise.all(
    rows.map(async ({ first, offsets, ...row }) => {
      if (first === 0 && offsets === row.to + 1) return [row];
      const { stream, partition } = row;
      return run({ name: 'frontier', sql: CHAIN, params: { stream, partition }, row: frontierRow });
    }),
  );
  return found.flat();
}
