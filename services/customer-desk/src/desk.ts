// SPDX-License-Identifier: Apache-2.0
// The web service: sessions, forms, pages, and the sdk around all of them.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Vocabulary } from '@ashiato/policy/astmax-energy';
import type { Trail } from '@ashiato/sdk';
import { recordedFastify } from '@ashiato/sdk/fastify';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { answerError } from './answer-error.ts';
import { type Cases, createCases } from './cases.ts';
import { addressPages } from './pages/address.ts';
import { casePages } from './pages/case.ts';
import { customerPages } from './pages/customer.ts';
import { exportPages } from './pages/export.ts';
import { notePages } from './pages/note.ts';
import { searchPages } from './pages/search.ts';
import { signInPages } from './pages/sign-in.ts';
import { createReads, type Reads } from './reads.ts';
import { createSessions, type Sessions } from './staff.ts';
import { bodyOf, contextOf, holderOf, isLanguage, LANGUAGE_COOKIE, visitOf } from './visit.ts';

export interface DeskDeps {
  /** Records every access; the caller closes it after the desk. */
  trail: Trail<Vocabulary>;
  /** What `openDatabase` gave; the caller closes it. */
  database: DatabaseSync;
  /** Whether browsers reach the desk over TLS only. */
  secureCookies: boolean;
  /** Clock, in ms since 1970. Default: the system's. */
  now?: () => number;
}

/** What the pages work with. */
export interface Desk {
  trail: Trail<Vocabulary>;
  database: DatabaseSync;
  reads: Reads;
  cases: Cases;
  sessions: Sessions;
  cookieOptions: { path: '/'; httpOnly: true; sameSite: 'strict'; secure: boolean };
  now: () => number;
}

const STYLE = readFileSync(join(import.meta.dirname, 'desk.css'));
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  // Nobody's data stays in a shared browser.
  'cache-control': 'no-store',
};

/** A Fastify plugin with all pages, `/healthz` and `/readyz`. */
export function createDesk({ trail, database, secureCookies, now = Date.now }: DeskDeps): FastifyPluginAsync {
  const desk: Desk = {
    trail,
    database,
    reads: createReads(trail, database),
    cases: createCases(database, now),
    sessions: createSessions(now),
    cookieOptions: { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies },
    now,
  };
  return async app => {
    app.get('/desk.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
    app.get('/healthz', async () => ({ status: 'ok' }));
    app.get('/readyz', async (_request, reply) => ready(desk, reply));
    await app.register(pages => addPages(pages, desk));
  };
}

async function addPages(app: FastifyInstance, desk: Desk): Promise<void> {
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: 16_384 });
  await app.register(csrf, {
    cookieKey: 'desk_csrf',
    cookieOpts: desk.cookieOptions,
    // Tokens of a process that ended are no longer good, like its sessions.
    csrfOpts: { hmacKey: randomBytes(32).toString('hex'), userInfo: true },
    getToken: request => bodyOf(request)._csrf,
    getUserInfo: request => holderOf(request.visit.staff),
    logLevel: 'debug',
  });
  app.decorateRequest('visit');
  app.addHook('preHandler', async (request, reply) => {
    reply.headers(HEADERS);
    request.visit = visitOf(request, reply, desk.sessions, desk.cases);
    const { lang } = request.query as Record<string, unknown>;
    if (isLanguage(lang)) reply.setCookie(LANGUAGE_COOKIE, lang, desk.cookieOptions);
    if (request.visit.staff === undefined && request.routeOptions.url !== '/login')
      return reply.redirect('/login', 303);
  });
  app.addHook('preHandler', (request, reply, done) =>
    request.method === 'POST' ? app.csrfProtection(request, reply, done) : done(),
  );
  // After the session, before the handler: from here on every access knows its actor, purpose and case.
  const everywhere = (request: Parameters<typeof contextOf>[0]) => contextOf(request, desk.trail);
  await app.register(recordedFastify({ trail: desk.trail, everywhere }));
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('404\n'));
  for (const add of [
    signInPages,
    searchPages,
    casePages,
    customerPages,
    addressPages,
    notePages,
    exportPages,
  ])
    add(app, desk);
}

/** Ready means: what is read now can be recorded. */
async function ready({ trail, database }: Desk, reply: { code(status: number): unknown }) {
  try {
    await trail.start();
    database.prepare('select 1').get();
    return { status: 'ready' };
  } catch (cause) {
    reply.code(503);
    return { status: 'not ready', reason: cause instanceof Error ? cause.message : String(cause) };
  }
}
