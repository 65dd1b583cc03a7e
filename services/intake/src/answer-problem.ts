// SPDX-License-Identifier: Apache-2.0
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { IntakeError, type ProblemCode, problemBody } from './problems.ts';

/** How soon a sender should come back when the queue cannot be written, in seconds. */
const RETRY_AFTER_S = '5';

/** Every failure of a request -> problem+json. What we did not foresee is logged by its code, without its text. Returns the code. */
export function answerProblem(
  error: FastifyError | IntakeError,
  request: FastifyRequest,
  reply: FastifyReply,
): ProblemCode {
  const { code, detail, more } = told(error, request);
  const body = problemBody(code, detail, more);
  if (body.status === 401) {
    const reason = code === 'token_refused' ? ', error="invalid_token"' : '';
    reply.header('www-authenticate', `Bearer realm="ashiato"${reason}`);
  }
  if (body.status === 503) reply.header('retry-after', RETRY_AFTER_S);
  if (body.status === 429) reply.header('retry-after', body.retry_after_s);
  sendJson(reply, body.status, body);
  return code;
}

/** As bytes, so that no charset is added: neither media type has that parameter (RFC 8259, RFC 9457). */
export function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return reply
    .code(status)
    .type(type)
    .send(Buffer.from(JSON.stringify(body)));
}

function told(error: FastifyError | IntakeError, request: FastifyRequest) {
  if (error instanceof IntakeError) return { code: error.code, detail: error.message, more: error.more };
  const code = codeOf(error);
  if (code === 'internal') {
    request.log.error({ code: error.code, at: error.stack?.split('\n')[1]?.trim() }, 'request failed');
    return {
      code,
      detail: 'the service failed; send the same bytes again, repeats are recognised',
      more: {},
    };
  }
  return { code, detail: error.message, more: {} };
}

function codeOf({ code, statusCode }: FastifyError): ProblemCode {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'body_too_large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'content_type';
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'bad_request' : 'internal';
  }
}
