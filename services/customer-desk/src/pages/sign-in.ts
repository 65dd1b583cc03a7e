// SPDX-License-Identifier: Apache-2.0
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Desk } from '../desk.ts';
import { html } from '../html.ts';
import { form, sendPage } from '../layout.ts';
import { signInStaff } from '../staff.ts';
import { bodyOf, SESSION_COOKIE } from '../visit.ts';

export function signInPages(app: FastifyInstance, { database, sessions, cookieOptions }: Desk): void {
  app.get('/login', (_request, reply) => signInPage(reply, 200));

  app.post('/login', async (request, reply) => {
    const { id = '', password = '' } = bodyOf(request);
    const staff = await signInStaff(database, id, password);
    if (staff === undefined) return signInPage(reply, 401);
    sessions.end(request.cookies[SESSION_COOKIE]);
    return reply.setCookie(SESSION_COOKIE, sessions.begin(staff), cookieOptions).redirect('/', 303);
  });

  app.post('/logout', (request, reply) => {
    sessions.end(request.cookies[SESSION_COOKIE]);
    return reply.clearCookie(SESSION_COOKIE, cookieOptions).redirect('/login', 303);
  });
}

function signInPage(reply: FastifyReply, status: number): FastifyReply {
  const { visit } = reply.request;
  const { texts } = visit;
  const fields = html`
<label>${texts.staffId}<input name="id" required autocomplete="username" placeholder="st-101"></label>
<label>${texts.password}<input name="password" type="password" required autocomplete="current-password"></label>
<button>${texts.signIn}</button>`;
  const wrong = status !== 200 && html`<p class="wrong" role="alert">${texts.wrongSignIn}</p>`;
  const body = html`<section class="card narrow"><h1>${texts.signIn}</h1>${wrong}${form(visit, '/login', fields)}</section>`;
  return sendPage(reply, texts.signIn, body, status);
}
