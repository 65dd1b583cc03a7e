// SPDX-License-Identifier: Apache-2.0
// Fastify: each route says once for which purpose and case it is, and who asks.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { type ContextOf, contextFor, type RequestContext } from './request-context.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What every access made by this route has in common, or how it follows from the request. */
    access?: ContextOf<FastifyRequest>;
  }
}

/**
 * A plugin: while a route's handler runs, `trail.withActor` holds what `everywhere` and the route's `config.access`
 * say. It is set after the body was read, so that a case may come from a form; hooks before that run without it.
 */
export function recordedFastify(deps: RequestContext<FastifyRequest>): FastifyPluginAsync {
  const plugin: FastifyPluginAsync = async app => {
    app.addHook('preHandler', (request, _reply, done) => {
      contextFor(deps, request.routeOptions.config.access, request, done);
    });
  };
  // Fastify's own mark: the hook is for the routes beside the plugin too, not only for those within it.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
