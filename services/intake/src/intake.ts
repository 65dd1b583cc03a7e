// SPDX-License-Identifier: Apache-2.0
// POST /v1/events: CloudEvents over HTTP into the queue, for services in any language.
import type { Tokens } from '@ashiato/auth';
import type { Queue } from '@ashiato/queue';
import type { Metrics } from '@ashiato/runtime';
import { STREAMS, type Stream } from '@ashiato/schema';
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { answerTo, refuseAnyProblem } from './answer.ts';
import { answerProblem, sendJson } from './answer-problem.ts';
import { refuseForeign, type Sender, senderOf } from './bearer.ts';
import { createIntakeMetrics } from './intake-metrics.ts';
import { judge } from './judge-received.ts';
import { IntakeError } from './problems.ts';
import { createRateLimit } from './rate-limit.ts';
import { MAX_BODY_BYTES, receivedIn } from './received.ts';
import { createStoreEvents } from './store-events.ts';

export interface IntakeDeps {
  /** Where events go; its topics MUST exist. The caller opens and closes it. */
  queue: Queue;
  tokens: Pick<Tokens, 'verify'>;
  /** How long a sender waits for the queue, in ms. Default 20 s. */
  publishTimeoutMs?: number;
  /** Name under which the recorder records each stream, where it is not the stream's own: part of record ids. */
  recordedAs?: Partial<Record<Stream, string>>;
  /** Most events a second of one token, on average over 5 s. Default 10,000. */
  eventsPerSecond?: number;
  metrics?: Metrics;
  /** Clock, in ms since 1970. Default: the system's. */
  now?: () => number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read. */
    sender: Sender | undefined;
  }
}

/**
 * A Fastify plugin with `POST /v1/events`. It answers 202 only when every event is durable in the queue. Its
 * content types and its error answers stay inside, so it can share a server and a port with others.
 */
export function createIntake(deps: IntakeDeps): FastifyPluginAsync {
  const { queue, tokens, publishTimeoutMs = 20_000, eventsPerSecond = 10_000, now = Date.now } = deps;
  const metrics = createIntakeMetrics(deps.metrics);
  const recordedAs = { ...Object.fromEntries(STREAMS.map(name => [name, name])), ...deps.recordedAs };
  const rate = createRateLimit(eventsPerSecond, now);
  return async app => {
    const publisher = queue.publisher();
    const storeEvents = createStoreEvents(publisher, publishTimeoutMs);
    app.addHook('onClose', () => publisher.close());
    takeBodiesAsBytes(app);
    app.setErrorHandler<FastifyError | IntakeError>((error, request, reply) =>
      metrics.refused(answerProblem(error, request, reply)),
    );
    app.decorateRequest('sender', undefined);
    app.addHook('onRequest', async request => {
      request.sender = senderOf(request.headers.authorization, tokens);
      rate.admit(request.sender.tokenId);
      refuseCompressed(request);
    });
    app.post('/v1/events', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const sender = request.sender!;
      const received = receivedIn(request.headers, body);
      rate.count(sender.tokenId, Math.max(0, received.length - 1));
      const judged = received.map(judge);
      refuseForeign(sender, judged);
      if (isStrict(request)) {
        reply.header('preference-applied', 'handling=strict');
        refuseAnyProblem(judged);
      }
      const { status, body: answer } = answerTo(judged, await storeEvents(judged), recordedAs);
      metrics.answered(judged);
      return sendJson(reply, status, answer);
    });
  };
}

/** No parser may touch the bytes: what is kept is what was sent. */
function takeBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function refuseCompressed({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new IntakeError('content_encoding', `expected no content-encoding, got ${encoding.slice(0, 40)}`);
}

/** RFC 7240: preferences are separated by commas, their parameters by semicolons, names in any case. */
function isStrict({ headers }: FastifyRequest): boolean {
  const preferences = String(headers.prefer ?? '').split(',');
  return preferences.some(preference => /^\s*handling\s*=\s*"?strict"?\s*(?:;|$)/i.test(preference));
}
