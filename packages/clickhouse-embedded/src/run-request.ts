// SPDX-License-Identifier: Apache-2.0
// The walk of one request: statement, connection, engine, answer. Read this file first.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EngineConnection } from './engine.ts';
import { SqlError, sqlError } from './errors.ts';
import { type Answer, createAnswer } from './http-answer.ts';
import { bodyOf, type ClickHouseRequest, collect, isForm, readForm, readRequest } from './http-request.ts';
import { canStream, continued, hasHeader } from './result-pieces.ts';
import type { Sessions } from './sessions.ts';
import { readStatement, type Statement, withKillByQueryId } from './statement.ts';

// The statement in front of an INSERT's rows must lie within this; ClickHouse's max_query_size is 256 KiB.
const MAX_HEAD_BYTES = 1024 * 1024;
const MAX_QUERY_BYTES = 64 * 1024 * 1024;

/**
 * Throws SqlError while nothing has been sent; later failures go into the answer. The answer comes back to be
 * ended: by then the session is free, and a client that sees the end may use it, or the query id, at once.
 */
export async function runRequest(
  sessions: Sessions,
  response: ServerResponse,
  request: ClickHouseRequest,
  body: AsyncGenerator<Buffer, void, void>,
): Promise<Answer> {
  const head = await readHead(request.query, body);
  const statement = readStatement(head.toString('latin1'));
  if (statement.kind === 'insert') {
    const rows = rowsOf(head.subarray(statement.rowsFrom), body);
    return withConnection(sessions, request, connection =>
      insert(connection, response, request, statement, rows),
    );
  }
  const rest = await collect(body, MAX_QUERY_BYTES);
  const whole = rest.length === 0 ? statement : readStatement(Buffer.concat([head, rest]).toString('latin1'));
  if (whole.kind === 'insert')
    throw sqlError(62, 'SYNTAX_ERROR', 'FORMAT or VALUES comes too late in the INSERT');
  return withConnection(sessions, request, connection => select(connection, response, request, whole));
}

/** The request with the fields of a form, if it is one, moved to where they belong. */
export async function openRequest(
  message: IncomingMessage,
  url: URL,
): Promise<{ request: ClickHouseRequest; body: AsyncGenerator<Buffer, void, void> }> {
  const body = bodyOf(message);
  if (!isForm(message)) return { request: readRequest(message, url), body };
  await readForm(message, body, url);
  return { request: readRequest(message, url), body: noBody() };
}

async function insert(
  connection: EngineConnection,
  response: ServerResponse,
  request: ClickHouseRequest,
  statement: Extract<Statement, { kind: 'insert' }>,
  rows: AsyncIterable<Buffer>,
): Promise<Answer> {
  const answer = createAnswer(response, request, request.defaultFormat);
  const result = await connection.insert(Buffer.from(statement.sql, 'latin1'), statement.format, rows);
  await answer.write(result);
  return answer;
}

async function select(
  connection: EngineConnection,
  response: ServerResponse,
  request: ClickHouseRequest,
  statement: Exclude<Statement, { kind: 'insert' }>,
): Promise<Answer> {
  const format = statement.outputFormat ?? request.defaultFormat;
  const sql = Buffer.from(withKillByQueryId(statement.sql), 'latin1');
  const answer = createAnswer(response, request, format);
  if (statement.kind === 'select' && canStream(format) && !request.whole) {
    await sendPieces(connection, response, answer, sql, format);
  } else {
    await answer.write(await connection.query(sql, format));
  }
  return answer;
}

async function sendPieces(
  connection: EngineConnection,
  response: ServerResponse,
  answer: Answer,
  sql: Buffer,
  format: string,
): Promise<void> {
  let first = true;
  try {
    for await (const piece of connection.stream(sql, format)) {
      await answer.write({ ...piece, bytes: continued(format, piece.bytes, first) });
      first = false;
      if (response.destroyed) return;
    }
    if (first && hasHeader(format)) await answer.write(await connection.query(sql, format));
  } catch (error) {
    if (first || !(error instanceof SqlError)) throw error;
    await answer.fail(error);
  }
}

async function withConnection(
  sessions: Sessions,
  request: ClickHouseRequest,
  use: (connection: EngineConnection) => Promise<Answer>,
): Promise<Answer> {
  const lease = await sessions.acquire(request);
  try {
    return await use(lease.connection);
  } finally {
    await lease.release();
  }
}

// An INSERT in the address needs no look at the body, so that a wrong table is refused before it is sent.
async function readHead(
  query: string | undefined,
  body: AsyncGenerator<Buffer, void, void>,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  if (query !== undefined) {
    const text = Buffer.from(`${query}\n`);
    if (isInsertWithRows(text)) return text;
    pieces.push(text);
    size = text.length;
  }
  while (size < MAX_HEAD_BYTES) {
    const next = await body.next();
    if (next.done) break;
    pieces.push(next.value);
    size += next.value.length;
  }
  return Buffer.concat(pieces, size);
}

function isInsertWithRows(text: Buffer): boolean {
  try {
    return readStatement(text.toString('latin1')).kind === 'insert';
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

async function* rowsOf(
  first: Buffer,
  body: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  if (first.length > 0) yield first;
  yield* body;
}

async function* noBody(): AsyncGenerator<Buffer, void, void> {}
