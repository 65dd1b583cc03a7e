// SPDX-License-Identifier: Apache-2.0
// What a route has set for every access made while it runs, through all its awaits.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Access, ActorContext } from './words.ts';

export interface ActorContexts {
  /** Runs `fn` with the members of `context` over those already set; `refs` are put together one by one. */
  run<T>(context: ActorContext, fn: () => T): T;
  /** The access with what the context knows and it does not state itself. */
  complete(access: Access): Access;
}

export function createActorContexts(): ActorContexts {
  const storage = new AsyncLocalStorage<ActorContext>();
  return {
    run(context, fn) {
      const outer = storage.getStore();
      return storage.run(outer === undefined ? context : over(outer, context), fn);
    },
    complete(access) {
      const context = storage.getStore();
      // What is no object is refused where events are made.
      if (context === undefined || typeof access !== 'object' || access === null) return access;
      return over(context, access);
    },
  };
}

function over<T extends ActorContext>(outer: ActorContext, inner: T): T {
  const whole: Record<string, unknown> = { ...outer };
  for (const [name, value] of Object.entries(inner)) if (value !== undefined) whole[name] = value;
  if (outer.refs !== undefined && inner.refs !== undefined) whole.refs = { ...outer.refs, ...inner.refs };
  return whole as T;
}
