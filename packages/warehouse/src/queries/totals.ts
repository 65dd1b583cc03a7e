// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { RunQuery } from '../run-query.ts';

const count = z.number().int();
export const streamTotals = z.object({
  stream: z.string(),
  segments: count,
  records: count,
  conforming: count,
  undetermined: count,
  violation: count,
  unreadable: count,
  redeliveries: count,
  bytes: count,
});
export type StreamTotals = z.infer<typeof streamTotals>;

/** What is projected, for metrics: read from the segments' rows, so it costs nothing per record. */
export async function totals(run: RunQuery): Promise<StreamTotals[]> {
  const sums = ['records', 'conforming', 'undetermined', 'violation', 'unreadable', 'redeliveries', 'bytes'];
  const sql = `SELECT stream, count() AS segments, ${sums.map(name => `sum(s.${name}) AS ${name}`).join(', ')}
FROM segments AS s FINAL GROUP BY stream ORDER BY stream`;
  return run({ name: 'totals', sql, params: {}, row: streamTotals });
}
