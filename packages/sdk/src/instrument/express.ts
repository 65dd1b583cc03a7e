// SPDX-License-Identifier: Apache-2.0
// Express: a middleware per route that says for which purpose and case it is, and who asks.
import type { Request, RequestHandler } from 'express';
import { type ContextOf, contextFor, type RequestContext } from './request-context.ts';

/**
 * `const access = recordedExpress({ trail, everywhere })`, then `app.get('/x', access({ purpose: … }), handler)`: while
 * the handlers after it run, `trail.withActor` holds what `everywhere` and the route say. Put it after what reads the
 * session and the body.
 */
export function recordedExpress(
  deps: RequestContext<Request>,
): (route?: ContextOf<Request>) => RequestHandler {
  return route => (request, _response, next) => contextFor(deps, route, request, next);
}
