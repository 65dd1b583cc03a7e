// SPDX-License-Identifier: Apache-2.0
// How results and exceptions go back over HTTP, byte for byte as ClickHouse sends them.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { EngineResult } from './engine.ts';
import type { SqlError } from './errors.ts';
import type { ClickHouseRequest } from './http-request.ts';

const CONTENT_TYPES: [RegExp, string][] = [
  [/^JSON(?!.*EachRow)/, 'application/json; charset=UTF-8'],
  [/^JSON/, 'application/x-ndjson; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8'],
  [/^(TabSeparated|TSV)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|RawBLOB)/, 'application/octet-stream'],
];

// HTTPHandler.cpp, exceptionCodeToHTTPStatus; every other number is 500.
const STATUS_OF_CODE: Record<number, number> = Object.fromEntries([
  ...[36, 62, 27, 6, 26, 33, 38, 41, 47, 53, 70, 72, 73, 115, 117, 130, 131, 456, 457, 354, 210, 374].map(
    code => [code, 400],
  ),
  ...[60, 81, 46, 218, 219, 372].map(code => [code, 404]),
  ...[497, 164, 192, 193, 516].map(code => [code, 403]),
  ...[194].map(code => [code, 401]),
  ...[48, 89, 344].map(code => [code, 501]),
  [159, 408],
  [202, 503],
]);

export interface Answer {
  /** Sends one piece; waits while the client is behind. Headers go with the first. */
  write(result: EngineResult): Promise<void>;
  end(): void;
  /** After the first piece: the block by which ClickHouse tells of a broken stream. */
  fail(error: SqlError): Promise<void>;
}

export function createAnswer(response: ServerResponse, request: ClickHouseRequest, format: string): Answer {
  const tag = randomBytes(8).toString('hex');
  const startedAt = process.hrtime.bigint();
  let out: Writable | undefined;
  const start = (first: EngineResult | undefined): Writable => {
    setCommonHeaders(response, request.queryId);
    response.setHeader('Content-Type', contentTypeOf(format));
    response.setHeader('X-ClickHouse-Format', format);
    response.setHeader('X-ClickHouse-Exception-Tag', tag);
    if (first) response.setHeader('X-ClickHouse-Summary', summaryOf(first, startedAt));
    return request.gzipAnswer ? gzipInto(response) : response;
  };
  const send = async (bytes: Buffer): Promise<void> => {
    if (out!.destroyed || response.destroyed || out!.write(bytes)) return;
    // A client that went away never drains: 'close' ends the wait too.
    const waiting = new AbortController();
    const { signal } = waiting;
    await Promise.race([once(out!, 'drain', { signal }), once(response, 'close', { signal })]).finally(() =>
      waiting.abort(),
    );
  };
  return {
    write: async result => {
      out ??= start(result);
      if (result.bytes.length > 0) await send(result.bytes);
    },
    end: () => {
      out ??= start(undefined);
      out.end();
    },
    fail: error => send(Buffer.from(brokenStreamTail(error.message, tag))),
  };
}

/** The whole answer is an exception. */
export function sendException(response: ServerResponse, queryId: string | undefined, error: SqlError): void {
  if (response.destroyed || response.headersSent) return;
  setCommonHeaders(response, queryId);
  response.statusCode = STATUS_OF_CODE[error.sqlCode] ?? 500;
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('X-ClickHouse-Exception-Code', String(error.sqlCode));
  response.end(`${error.message}\n`);
}

/** https://clickhouse.com/docs/interfaces/http: the block a reader looks for after the last byte of data. */
export function brokenStreamTail(message: string, tag: string): string {
  const text = `${message}\n`;
  return `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`;
}

function setCommonHeaders(response: ServerResponse, queryId: string | undefined): void {
  response.setHeader('X-ClickHouse-Server-Display-Name', 'ashiato-embedded');
  response.setHeader('X-ClickHouse-Timezone', Intl.DateTimeFormat().resolvedOptions().timeZone);
  if (queryId !== undefined)
    response.setHeader('X-ClickHouse-Query-Id', queryId.replace(/[^\x20-\x7e]/g, '?'));
}

function contentTypeOf(format: string): string {
  return CONTENT_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
}

// Of a streamed answer these are the figures of its first piece: the rest is not known when headers go out.
function summaryOf(result: EngineResult, startedAt: bigint): string {
  return JSON.stringify({
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: String(result.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(result.resultRows || result.writtenRows),
    result_bytes: String(result.bytes.length || result.writtenBytes),
    elapsed_ns: String(process.hrtime.bigint() - startedAt),
  });
}

function gzipInto(response: ServerResponse): Writable {
  response.setHeader('Content-Encoding', 'gzip');
  const gzip = createGzip({ level: 1 });
  gzip.pipe(response);
  response.once('close', () => gzip.destroy());
  return gzip;
}
