// SPDX-License-Identifier: Apache-2.0
// What Fastify and Express have in common: who asks, and what the route is for.
import type { ActorContext } from '../words.ts';

/** A context, or how it follows from the request. */
export type ContextOf<R> = ActorContext | ((request: R) => ActorContext | undefined);

export interface RequestContext<R> {
  trail: { withActor<T>(context: ActorContext, fn: () => T): T };
  /** What holds for every route: who asks, from where. */
  everywhere?: ContextOf<R>;
}

/** Runs the rest of the request, `next`, within what both say; the route over what holds everywhere. */
export function contextFor<R>(
  { trail, everywhere }: RequestContext<R>,
  route: ContextOf<R> | undefined,
  request: R,
  next: (error?: Error) => void,
): void {
  let contexts: ActorContext[];
  try {
    contexts = [everywhere, route].map(said => (typeof said === 'function' ? said(request) : said) ?? {});
  } catch (cause) {
    next(cause as Error);
    return;
  }
  const [outer, inner] = contexts;
  trail.withActor(outer!, () => trail.withActor(inner!, () => next()));
}
