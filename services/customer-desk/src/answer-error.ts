// SPDX-License-Identifier: Apache-2.0
import { PolicyViolationError, TrailError } from '@ashiato/sdk';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { html } from './html.ts';
import { sendPage } from './layout.ts';

/** What could not be done, as a page; nothing of the request is in it or in the log. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // What failed before the first hook of ours has no page.
  if (request.visit === undefined)
    return reply
      .code(error.statusCode ?? 500)
      .type('text/plain')
      .send('\n');
  const { texts } = request.visit;
  if (error instanceof PolicyViolationError) {
    const reasons = error.verdict.findings.map(finding => html`<li>${finding[texts.language]}</li>`);
    const clauses = html`<p>${texts.refusedHint} ${error.clauses.join(', ')}</p>`;
    return sendPage(reply, texts.refused, html`<h1>${texts.refused}</h1><ul>${reasons}</ul>${clauses}`, 403);
  }
  if (error.code?.startsWith('FST_CSRF')) return notice(reply, texts.badForm, 403);
  if (error instanceof TrailError) {
    request.log.error({ code: error.code }, 'an access could not be recorded');
    return notice(reply, texts.unrecorded, 503);
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  return notice(reply, texts.failed, status);
}

export const notice = (reply: FastifyReply, text: string, status = 200) =>
  sendPage(
    reply,
    text,
    html`<h1>${text}</h1><p><a href="/">← ${reply.request.visit.texts.title}</a></p>`,
    status,
  );
