// SPDX-License-Identifier: Apache-2.0
import { usageReport } from '@ashiato/schema';
import { usageParams } from '@ashiato/warehouse';
import type { ApiDeps } from '../api-deps.ts';
import { csv } from '../csv.ts';
import { usageParameters } from '../parameters.ts';
import { refuseBackwards } from '../period.ts';
import type { Route } from '../route.ts';

const COUNTS = ['count', 'violations', 'undetermined'] as const;

export function usageRoutes({ reports }: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/usage',
      operationId: 'usage',
      summary: 'Counts of access events by any of the dimensions, largest first',
      action: 'usage.read',
      parameters: usageParameters,
      answer: usageReport,
      mediaTypes: ['text/csv'],
      problems: ['query_over_limit', 'warehouse_unavailable'],
      async handle({ reply, values }) {
        const { format, by, ...rest } = values;
        const params = usageParams.parse({ ...rest, by: by ?? ['purpose', 'field'] });
        refuseBackwards(params);
        // The frontier is read first, so it never claims more than the counts hold.
        const frontier = await reports.frontier();
        const items = await reports.usage(params);
        if (format !== 'csv') {
          const { from = null, to = null, mode } = params;
          return { items, next_cursor: null, from, to, mode, frontier };
        }
        const columns = [...new Set(params.by), ...COUNTS];
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="usage.csv"');
        return csv(
          columns,
          items.map(row => columns.map(column => row[column] ?? '')),
        );
      },
    },
  ];
}
