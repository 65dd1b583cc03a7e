// SPDX-License-Identifier: Apache-2.0
// Who asks, and whether they may. Both header and cookie are untrusted.
import { type Action, can, type Role } from '@ashiato/auth';
import type { FastifyRequest } from 'fastify';
import type { ApiDeps } from './api-deps.ts';
import { ApiError } from './problems.ts';

export interface Requester {
  /** Of the token or the session; may be logged. */
  id: string;
  role: Role;
  /** Of a regulator's or subject's token: whose extracts or statement it opens. */
  who?: string;
}

export const SESSION_COOKIE = 'ashiato_session';

/** Throws ApiError unauthenticated or forbidden. */
export function requesterOf(
  request: FastifyRequest,
  action: Action,
  { tokens, signIns }: Pick<ApiDeps, 'tokens' | 'signIns'>,
): Requester {
  const requester = bearerOf(request, tokens) ?? sessionOf(request, signIns);
  if (!requester) {
    throw new ApiError('unauthenticated', 'expected Authorization: Bearer <token>, or a session of the page');
  }
  if (can(requester.role, action)) return requester;
  throw new ApiError('forbidden', `the role ${requester.role} may not do ${action}`);
}

function bearerOf({ headers }: FastifyRequest, tokens: ApiDeps['tokens']): Requester | undefined {
  if (headers.authorization === undefined) return undefined;
  const bearer = /^Bearer +([^\s]+) *$/i.exec(headers.authorization)?.[1];
  const verified = bearer === undefined ? undefined : tokens.verify(bearer);
  if (verified?.outcome === 'granted') {
    const { tokenId: id, role, scope } = verified;
    return { id, role, ...(scope.who === undefined ? {} : { who: scope.who }) };
  }
  throw new ApiError('unauthenticated', `the token is ${verified?.reason ?? 'malformed'}; ask for another`);
}

function sessionOf(request: FastifyRequest, signIns: ApiDeps['signIns']): Requester | undefined {
  const session = sessionCookie(request);
  if (session === undefined || !signIns) return undefined;
  const verified = signIns.verify(session);
  return verified.outcome === 'granted' ? { id: verified.sessionId, role: verified.role } : undefined;
}

/** The value of our cookie as sent. */
export function sessionCookie({ headers }: FastifyRequest): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE) return value;
  }
  return undefined;
}
