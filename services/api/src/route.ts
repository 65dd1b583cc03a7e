// SPDX-License-Identifier: Apache-2.0
// One route as both the server and the OpenAPI document read it, so that neither can know one the other does not.
import type { Action } from '@ashiato/auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ProblemCode } from './problems.ts';
import type { Parameters } from './query-parameters.ts';
import type { Requester } from './requester.ts';

export interface Asked {
  request: FastifyRequest;
  reply: FastifyReply;
  /** Read by `parameters`; empty where the route has none. */
  values: Record<string, unknown>;
  /** Undefined on routes without an action: those are for everybody. */
  requester: Requester | undefined;
}

export interface Route {
  method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/v1/records/{id}`. */
  path: string;
  operationId: string;
  summary: string;
  /** What the role must be allowed to do; absent: everybody may ask. */
  action?: Action;
  parameters?: Parameters;
  /** Shape of a JSON body. */
  body?: z.ZodType;
  status?: 200 | 202 | 204;
  /** Shape of the JSON answer; or the media type of another one. */
  answer?: z.ZodType;
  mediaTypes?: string[];
  problems: ProblemCode[];
  handle(asked: Asked): Promise<unknown>;
}
