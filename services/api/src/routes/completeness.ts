// SPDX-License-Identifier: Apache-2.0
// What an interval holds, on which proof, and every gap: from the segments, so that it holds while ClickHouse is down.
import { completenessStatement } from '@ashiato/schema';
import type { ApiDeps } from '../api-deps.ts';
import { csv } from '../csv.ts';
import { completenessParameters } from '../parameters.ts';
import { refuseBackwards } from '../period.ts';
import { ApiError } from '../problems.ts';
import type { Route } from '../route.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const COLUMNS = ['code', 'place', 'since', 'until', 'ja', 'en'] as const;

export function completenessRoutes({ completeness, reports, logger }: ApiDeps): Route[] {
  /** How far ClickHouse is; a statement is not withheld because it cannot say. */
  async function projected(): Promise<ReadonlyMap<string, number> | undefined> {
    try {
      const rows = await reports.frontier();
      return new Map(rows.map(({ stream, partition, to }) => [`${stream}.${partition}`, to]));
    } catch (error) {
      logger.warn({ code: (error as { code?: string }).code }, 'completeness: clickhouse did not answer');
      return undefined;
    }
  }
  return [
    {
      method: 'get',
      path: '/v1/completeness',
      operationId: 'completeness',
      summary:
        'What an interval holds, on which proof, and every gap; without from and to, the last 24 full hours',
      action: 'completeness.read',
      parameters: completenessParameters,
      answer: completenessStatement,
      mediaTypes: ['text/csv'],
      problems: ['segment_unavailable'],
      async handle({ reply, values }) {
        const asked = values as { from?: string; to?: string; format?: string };
        refuseBackwards(asked);
        const to = asked.to ? Date.parse(asked.to) : Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
        const from = asked.from ? Date.parse(asked.from) : to - DAY_MS;
        const told = await projected();
        const statement = await completeness
          .statement({ from, to }, told ? { projected: told } : {})
          .catch(unavailable);
        if (asked.format !== 'csv') return statement;
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="completeness.csv"');
        return csv(
          COLUMNS,
          statement.gaps.map(gap => COLUMNS.map(column => gap[column])),
        );
      },
    },
  ];
}

/** The object store's own errors only; whatever else went wrong is ours. */
function unavailable(error: Error): never {
  if (error.name !== 'ObjectsError') throw error;
  throw new ApiError('segment_unavailable', 'the object store does not answer; ask again');
}
