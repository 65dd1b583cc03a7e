// SPDX-License-Identifier: Apache-2.0
// The HTTP interface over the warehouse and the policy (DESIGN 9), as a Fastify plugin.
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { createAnswerProblem, sendProblem } from './answer-problem.ts';
import type { ApiDeps } from './api-deps.ts';
import { servePage } from './page-files.ts';
import { ApiError, problemBody } from './problems.ts';
import { readParameters } from './query-parameters.ts';
import { requesterOf } from './requester.ts';
import type { Route } from './route.ts';
import { completenessRoutes } from './routes/completeness.ts';
import { docsRoutes } from './routes/docs.ts';
import { extractRoutes } from './routes/extracts.ts';
import { healthRoutes } from './routes/health.ts';
import { logRoutes } from './routes/log.ts';
import { policyRoutes } from './routes/policies.ts';
import { proofRoutes } from './routes/proofs.ts';
import { recordRoutes } from './routes/records.ts';
import { sessionRoutes } from './routes/session.ts';
import { usageRoutes } from './routes/usage.ts';

const MAX_BODY_BYTES = 65_536;

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * All routes of this service. Errors, headers and the answer to unknown paths stay inside the plugin, so that it
 * can share a port with others; it owns the "not found" answer of that port. It opens and closes nothing.
 */
export function createApi(deps: ApiDeps): FastifyPluginAsync {
  const reports = [
    ...usageRoutes(deps),
    ...recordRoutes(deps),
    ...proofRoutes(deps),
    ...logRoutes(deps),
    ...extractRoutes(deps),
    ...policyRoutes(deps),
    ...completenessRoutes(deps),
    ...sessionRoutes(deps),
    ...healthRoutes(deps),
  ];
  const routes = [...reports, ...docsRoutes(reports, deps.morePaths ?? [])];
  const durations = deps.metrics.histogram(
    'api_request_seconds',
    'Time to answer, by route and status',
    [0.01, 0.05, 0.25, 1, 5, 20],
    ['route', 'status'],
  );
  return async app => {
    app.setErrorHandler(createAnswerProblem(deps));
    app.setNotFoundHandler((_request, reply) =>
      sendProblem(reply, problemBody('not_found', 'expected a path of /openapi.json')),
    );
    app.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS));
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      durations.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    });
    for (const route of routes) addRoute(app, route, deps);
    if (deps.page) await servePage(app, deps.page);
  };
}

function addRoute(app: FastifyInstance, route: Route, deps: ApiDeps): void {
  app.route({
    method: route.method.toUpperCase() as 'GET' | 'POST' | 'DELETE',
    url: serverPath(route.path),
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoute: false,
    logLevel: 'silent', // a server's own request log would hold the query, and a query may name a person
    // Before the body is read: strangers cost nothing.
    onRequest: async request => {
      if (route.action) request.requester = requesterOf(request, route.action, deps);
    },
    handler: async (request, reply) => answer(route, request, reply),
  });
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const values = readParameters(route.parameters ?? {}, request.query);
  const body = route.body?.safeParse(request.body);
  if (body && !body.success) {
    const [issue] = body.error.issues;
    const member = `/${issue!.path.join('/')}`;
    throw new ApiError('invalid_body', `${member}: ${issue!.message}`, [
      { member, code: 'malformed', expected: issue!.message },
    ]);
  }
  return route.handle({ request, reply, values, requester: request.requester });
}

/** `{id}` is `:id` to the server, where a colon of the path itself is written twice; `{path}` is all that is left. */
const serverPath = (path: string): string =>
  path
    .replaceAll(':', '::')
    .replace(/\{path\}$/, '*')
    .replaceAll(/\{(\w+)\}/g, ':$1');

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that need a role, before the body is read. */
    requester?: ReturnType<typeof requesterOf>;
  }
}
