// SPDX-License-Identifier: Apache-2.0
// Signing in to the page: the one-time code of the printed address for a cookie that no script can read.
import type { SignIns } from '@ashiato/auth';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../problems.ts';
import { SESSION_COOKIE, sessionCookie } from '../requester.ts';
import type { Route } from '../route.ts';

export function sessionRoutes({ signIns, secureCookies = false }: ApiDeps): Route[] {
  if (!signIns) return [];
  const cookie = (value: string, maxAge: number) =>
    `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secureCookies ? '; Secure' : ''}`;
  return [issueCode(signIns), openSession(signIns, cookie), endSession(signIns, cookie)];
}

type WriteCookie = (value: string, maxAge: number) => string;

const issueCode = (signIns: SignIns): Route => ({
  method: 'post',
  path: '/v1/session/codes',
  operationId: 'issueSignInCode',
  summary: 'A code that signs in to the page once, for the address that is handed to a person',
  action: 'admin',
  parameters: {},
  body: z.strictObject({ role: z.enum(['viewer', 'investigator', 'admin']) }),
  answer: z.object({ code: z.string() }),
  problems: ['invalid_body', 'unauthenticated', 'forbidden'],
  async handle({ request }) {
    const { role } = request.body as { role: 'viewer' | 'investigator' | 'admin' };
    return { code: signIns.issueSignIn(role) };
  },
});

const openSession = (signIns: SignIns, cookie: WriteCookie): Route => ({
  method: 'post',
  path: '/v1/session',
  operationId: 'signIn',
  summary: 'Trades a sign-in code for a session cookie',
  parameters: {},
  body: z.strictObject({ code: z.string().min(1).max(200) }),
  answer: z.object({ role: z.string(), expires: z.string() }),
  problems: ['invalid_body', 'unauthenticated'],
  async handle({ request, reply }) {
    const { code } = request.body as { code: string };
    const redeemed = signIns.redeem(code);
    if (redeemed.outcome === 'refused') {
      throw new ApiError('unauthenticated', `the code is ${redeemed.reason}; it works once, for 10 minutes`);
    }
    const { session, role, expires } = redeemed;
    const seconds = Math.floor((expires.getTime() - Date.now()) / 1000);
    reply.header('set-cookie', cookie(session, seconds));
    return { role, expires: expires.toISOString() };
  },
});

const endSession = (signIns: SignIns, cookie: WriteCookie): Route => ({
  method: 'delete',
  path: '/v1/session',
  operationId: 'signOut',
  summary: 'Ends the session of the cookie',
  parameters: {},
  status: 204,
  problems: [],
  async handle({ request, reply }) {
    const session = sessionCookie(request);
    if (session !== undefined) signIns.end(session);
    reply.header('set-cookie', cookie('', 0)).code(204);
    return null;
  },
});
