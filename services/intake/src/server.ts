// SPDX-License-Identifier: Apache-2.0
// The intake on a port of its own, with what operators ask of every process.
import type { Tokens } from '@ashiato/auth';
import { can } from '@ashiato/auth';
import type { Queue } from '@ashiato/queue';
import type { Logger, Metrics } from '@ashiato/runtime';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { sendJson } from './answer-problem.ts';
import { createIntake } from './intake.ts';

export interface ServerDeps {
  queue: Queue;
  tokens: Pick<Tokens, 'verify'>;
  metrics: Metrics;
  logger: Logger;
  eventsPerSecond: number;
  tls?: { cert: string; key: string };
}

/** A sender that takes longer to send 4 MiB is taken for dead. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Nothing listens yet. Requests are not logged: their addresses are those of members of staff. */
export async function createServer({
  queue,
  tokens,
  metrics,
  logger,
  eventsPerSecond,
  tls,
}: ServerDeps): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(tls === undefined ? {} : { https: tls }),
  });
  await app.register(createIntake({ queue, tokens, metrics, eventsPerSecond }));
  app.get('/healthz', async (_request, reply) => sendJson(reply, 200, { status: 'ok' }));
  // Ready means: an event sent now can become durable.
  app.get('/readyz', async (_request, reply) => {
    const reason = await queue.ping().then(
      () => undefined,
      (cause: Error) => cause.message,
    );
    return reason === undefined
      ? sendJson(reply, 200, { status: 'ready' })
      : sendJson(reply, 503, { status: 'not ready', reason });
  });
  app.get('/metrics', async (request, reply) => {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const verified = tokens.verify(bearer);
    if (verified.outcome === 'refused' || !can(verified.role, 'metrics.read')) {
      return sendJson(reply.header('www-authenticate', 'Bearer realm="ashiato"'), 401, {
        status: 'unauthorized',
      });
    }
    const { contentType, body } = await metrics.expose();
    return reply.type(contentType).send(body);
  });
  return app;
}
