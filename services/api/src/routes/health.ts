// SPDX-License-Identifier: Apache-2.0
import { frontierRow } from '@ashiato/schema';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { Route } from '../route.ts';
import { createTrailMetrics } from '../trail-metrics.ts';

export function healthRoutes(deps: ApiDeps): Route[] {
  const { warehouse, reports, metrics } = deps;
  const trailMetrics = createTrailMetrics(deps);
  return [
    {
      method: 'get',
      path: '/healthz',
      operationId: 'healthz',
      summary: 'Alive: the process answers',
      answer: z.object({ alive: z.literal(true) }),
      problems: [],
      handle: async () => ({ alive: true }),
    },
    {
      method: 'get',
      path: '/readyz',
      operationId: 'readyz',
      summary: 'Ready: questions can be answered now, up to the frontier told',
      answer: z.object({ ready: z.literal(true), frontier: z.array(frontierRow) }),
      problems: ['warehouse_unavailable'],
      async handle() {
        await warehouse.ping();
        return { ready: true, frontier: await reports.frontier() };
      },
    },
    {
      method: 'get',
      path: '/metrics',
      operationId: 'metrics',
      summary: 'Prometheus text',
      action: 'metrics.read',
      mediaTypes: ['text/plain'],
      problems: [],
      async handle({ reply }) {
        await trailMetrics.refresh();
        const { contentType, body } = await metrics.expose();
        reply.type(contentType);
        return body;
      },
    },
  ];
}
