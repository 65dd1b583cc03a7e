// SPDX-License-Identifier: Apache-2.0
// ClickHouse's HTTP interface as a request listener: who may ask, how many at once, what runs under which id.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Engine } from './engine.ts';
import { SqlError, sqlError } from './errors.ts';
import { sendException } from './http-answer.ts';
import { type ClickHouseRequest, header } from './http-request.ts';
import { openRequest, runRequest } from './run-request.ts';
import { createSessions } from './sessions.ts';

export interface HttpFrontDeps {
  engine: Engine;
  user: string;
  password: string;
  /** Statements at once; each holds a thread of libuv's pool, and a few must stay free for KILL. */
  maxConcurrent: number;
  log: (line: string) => void;
}

export interface HttpFront {
  listener: (message: IncomingMessage, response: ServerResponse) => void;
  /** Cancels what runs and waits until nothing does. */
  drain(): Promise<void>;
}

export function createHttpFront(deps: HttpFrontDeps): HttpFront {
  const sessions = createSessions(deps.engine);
  const running = new Map<string, Promise<unknown>>();
  const allowed = createAccess(deps.user, deps.password);

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    if (answeredWithoutEngine(message, response, url)) return;
    let request: ClickHouseRequest | undefined;
    try {
      if (!allowed(message, url)) throw authenticationFailed(deps.user);
      const opened = await openRequest(message, url);
      request = opened.request;
      const { queryId } = request;
      if (running.has(queryId)) throw duplicateId();
      if (running.size >= deps.maxConcurrent) throw tooMany(deps.maxConcurrent);
      response.once('close', () => {
        if (!response.writableEnded) void deps.engine.kill(queryId).catch(error => deps.log(String(error)));
      });
      const run = runRequest(sessions, response, request, opened.body).finally(() => running.delete(queryId));
      running.set(queryId, run);
      const answer = await run;
      answer.end();
    } catch (error) {
      fail(deps, message, response, request, error);
    }
  };

  return {
    listener: (message, response) => {
      message.on('error', () => undefined);
      serve(message, response).catch(error => fail(deps, message, response, undefined, error));
    },
    drain: async () => {
      await Promise.all([...running.keys()].map(queryId => deps.engine.kill(queryId)));
      await Promise.allSettled(running.values());
      await sessions.closeAll();
    },
  };
}

function answeredWithoutEngine(message: IncomingMessage, response: ServerResponse, url: URL): boolean {
  const { method = '' } = message;
  if (!['GET', 'HEAD', 'POST'].includes(method)) {
    response.writeHead(405, { Allow: 'GET, HEAD, POST' }).end();
    return true;
  }
  const alive = url.pathname === '/ping' || url.pathname === '/replicas_status';
  const greeting = url.pathname === '/' && method !== 'POST' && !url.searchParams.has('query');
  if (alive || greeting) {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n');
    return true;
  }
  if (url.pathname === '/') return false;
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=UTF-8' }).end('There is no handle here\n');
  return true;
}

// Compared by digest, so that neither length nor content shows in the time it takes.
function createAccess(user: string, password: string): (message: IncomingMessage, url: URL) => boolean {
  const digest = (name: string, secret: string): Buffer =>
    createHash('sha256')
      .update(JSON.stringify([name, secret]))
      .digest();
  const expected = digest(user, password);
  return (message, url) => {
    const given = credentials(message, url);
    return timingSafeEqual(digest(given.user, given.password), expected);
  };
}

function credentials(message: IncomingMessage, url: URL): { user: string; password: string } {
  const basic = /^Basic (\S+)$/i.exec(header(message, 'authorization') ?? '');
  if (basic) {
    const [user = '', ...password] = Buffer.from(basic[1]!, 'base64').toString().split(':');
    return { user, password: password.join(':') };
  }
  return {
    user: header(message, 'x-clickhouse-user') ?? url.searchParams.get('user') ?? 'default',
    password: header(message, 'x-clickhouse-key') ?? url.searchParams.get('password') ?? '',
  };
}

function fail(
  deps: HttpFrontDeps,
  message: IncomingMessage,
  response: ServerResponse,
  request: ClickHouseRequest | undefined,
  error: unknown,
): void {
  // What is left of the body must be read, or the client never comes to read the answer.
  message.resume();
  if (error instanceof SqlError) {
    sendException(response, request?.queryId, error);
    return;
  }
  deps.log(`request failed in the front: ${error instanceof Error ? error.stack : String(error)}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendException(
    response,
    request?.queryId,
    sqlError(1002, 'UNKNOWN_EXCEPTION', 'the front failed; see its log'),
  );
}

function authenticationFailed(user: string): SqlError {
  const text = `${user}: Authentication failed: password is incorrect, or there is no user with such name`;
  return sqlError(516, 'AUTHENTICATION_FAILED', text);
}

function duplicateId(): SqlError {
  return sqlError(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', 'Query with this id is already running');
}

function tooMany(limit: number): SqlError {
  return sqlError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', `Too many simultaneous queries. Maximum: ${limit}`);
}
