// SPDX-License-Identifier: Apache-2.0
import { WarehouseError } from '@ashiato/warehouse';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from './api-deps.ts';
import { ApiError, type ProblemCode, problemBody } from './problems.ts';

/** How soon to ask again, in seconds. */
const RETRY_AFTER_S = '5';
/** ClickHouse's codes for a table or database that is not there: before the first migration, or in a rebuild. */
const NOT_MADE_YET = new Set(['60', '81']);

/** Every failure of a request -> problem+json. What we did not foresee is logged by its code, without its text. */
export function createAnswerProblem({ logger }: Pick<ApiDeps, 'logger'>) {
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = asApiError(error);
    const body = problemBody(refusal.code, refusal.message, refusal.errors);
    if (body.status >= 500) {
      const { code } = error as { code?: string };
      const at = error.stack
        ?.split('\n')
        .find(line => line.trim().startsWith('at '))
        ?.trim();
      logger.error({ route: request.routeOptions.url, problem: refusal.code, code, at }, 'request failed');
    }
    if (body.status === 401) reply.header('www-authenticate', 'Bearer realm="ashiato"');
    if (body.status === 503) reply.header('retry-after', RETRY_AFTER_S);
    sendProblem(reply, body);
  };
}

/** As bytes, so that no charset is added: the media type has no such parameter (RFC 9457). */
export function sendProblem(reply: FastifyReply, body: ReturnType<typeof problemBody>): FastifyReply {
  return reply
    .code(body.status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(body)));
}

export function asApiError(error: FastifyError | Error): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof WarehouseError) return fromWarehouse(error);
  const code = fromFastify(error as FastifyError);
  return new ApiError(
    code,
    code === 'internal' ? 'the service failed; its log names the place' : error.message,
  );
}

function fromWarehouse({ code, message, engine }: WarehouseError): ApiError {
  switch (code) {
    case 'UNREACHABLE':
      return new ApiError(
        'warehouse_unavailable',
        'clickhouse does not answer; evidence is safe, ask again soon',
      );
    case 'LIMIT':
      return new ApiError(
        'query_over_limit',
        'narrow it: a shorter from-to, fewer dimensions in `by`, or a filter on subject, actor or event_id',
      );
    case 'CURSOR':
      return new ApiError('invalid_parameter', `cursor: ${message}`, [
        { member: 'cursor', code: 'malformed', expected: 'the next_cursor of an earlier answer' },
      ]);
    default:
      return NOT_MADE_YET.has(engine)
        ? new ApiError('warehouse_unavailable', 'the tables are being made; ask again soon')
        : new ApiError('internal', 'the service failed; its log names the place');
  }
}

function fromFastify({ code, statusCode }: FastifyError): ProblemCode {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'body_too_large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return 'invalid_body';
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'bad_request' : 'internal';
  }
}
