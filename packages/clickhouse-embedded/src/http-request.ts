// SPDX-License-Identifier: Apache-2.0
// One request of ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http), as the client
// sent it. Everything here is untrusted input.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { sqlError } from './errors.ts';

export interface ClickHouseRequest {
  queryId: string;
  /** From the address; the body goes on where it stops. */
  query: string | undefined;
  database: string | undefined;
  defaultFormat: string;
  settings: [name: string, value: string][];
  /** `param_x` by the name `x`, in ClickHouse's escaped text form. */
  params: [name: string, value: string][];
  session: { id: string; check: boolean; timeoutSeconds: number } | undefined;
  /** Answer only when the whole result is there. */
  whole: boolean;
  gzipAnswer: boolean;
}

// Parameters of the interface itself (HTTPHandler.cpp); every other name is a setting.
const OWN_NAMES = new Set(
  `query user password database default_format session_id session_timeout session_check close_session query_id
  quota_key compress decompress stacktrace buffer_size wait_end_of_query enable_http_compression role
  client_protocol_version http_zlib_compression_level log_comment`.split(/\s+/),
);

const MAX_SESSION_SECONDS = 3600;

/** Throws SqlError for what cannot be served. */
export function readRequest(message: IncomingMessage, url: URL): ClickHouseRequest {
  const { searchParams: search } = url;
  if (flag(search, 'decompress') || flag(search, 'compress')) {
    const text = "ClickHouse's own block compression is not served here; use Content-Encoding: gzip";
    throw sqlError(48, 'NOT_IMPLEMENTED', text);
  }
  const settings = [...search].filter(([name]) => !OWN_NAMES.has(name) && !name.startsWith('param_'));
  // A GET must not change anything, as in the server: readonly=2 still lets it choose settings.
  const asked = settings.find(([name]) => name === 'readonly')?.[1];
  if (message.method !== 'POST' && (asked === undefined || asked === '0')) {
    settings.push(['readonly', '2']);
  }
  return {
    queryId: search.get('query_id') || randomUUID(),
    query: search.get('query') ?? undefined,
    database: search.get('database') || header(message, 'x-clickhouse-database'),
    defaultFormat: search.get('default_format') || header(message, 'x-clickhouse-format') || 'TabSeparated',
    settings,
    params: [...search]
      .filter(([name]) => name.startsWith('param_'))
      .map(([name, value]) => [name.slice(6), value]),
    session: sessionOf(search),
    whole: flag(search, 'wait_end_of_query'),
    gzipAnswer:
      flag(search, 'enable_http_compression') && /\bgzip\b/.test(header(message, 'accept-encoding') ?? ''),
  };
}

function sessionOf(search: URLSearchParams): ClickHouseRequest['session'] {
  const id = search.get('session_id');
  if (!id) return undefined;
  const seconds = Number(search.get('session_timeout') ?? 60);
  if (!(seconds > 0 && seconds <= MAX_SESSION_SECONDS)) {
    throw sqlError(
      374,
      'INVALID_SESSION_TIMEOUT',
      `Invalid session timeout: 1 to ${MAX_SESSION_SECONDS} s expected`,
    );
  }
  return { id, check: flag(search, 'session_check'), timeoutSeconds: seconds };
}

/** Large parameters come as form fields beside the query: moves them where the address would have had them. */
export async function readForm(
  message: IncomingMessage,
  body: AsyncIterable<Buffer>,
  url: URL,
): Promise<void> {
  const type = header(message, 'content-type') ?? '';
  const whole = await collect(body, MAX_FORM_BYTES);
  const form = await new Response(new Uint8Array(whole), { headers: { 'content-type': type } })
    .formData()
    .catch(() => undefined);
  if (!form) throw sqlError(36, 'BAD_ARGUMENTS', 'the multipart/form-data body cannot be read');
  for (const [name, value] of form) {
    if (typeof value !== 'string')
      throw sqlError(48, 'NOT_IMPLEMENTED', 'external tables are not served here');
    url.searchParams.append(name, value);
  }
}

const MAX_FORM_BYTES = 64 * 1024 * 1024;

export function isForm(message: IncomingMessage): boolean {
  return (header(message, 'content-type') ?? '').startsWith('multipart/form-data');
}

/** The body as sent by the application: decompressed, in pieces of about a mebibyte (each is one engine call). */
export async function* bodyOf(message: IncomingMessage): AsyncGenerator<Buffer, void, void> {
  const source = decompressed(message);
  let pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of source) {
      pieces.push(piece);
      size += piece.length;
      if (size < PIECE_BYTES) continue;
      yield pieces.length === 1 ? piece : Buffer.concat(pieces, size);
      pieces = [];
      size = 0;
    }
  } catch (error) {
    throw bodyError(error);
  }
  if (size > 0) yield Buffer.concat(pieces, size);
}

const PIECE_BYTES = 1024 * 1024;

// Neither a broken body nor a reader that stops early may destroy the request: its socket carries the answer.
function decompressed(message: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = header(message, 'content-encoding') ?? 'identity';
  if (encoding === 'identity') return message.iterator({ destroyOnReturn: false });
  const make = DECODERS[encoding];
  if (!make)
    throw sqlError(
      89,
      'UNKNOWN_COMPRESSION_METHOD',
      'Unknown Content-Encoding: gzip, br, zstd or deflate expected',
    );
  const decoder = make();
  message.once('error', error => decoder.destroy(error));
  decoder.once('close', () => {
    message.unpipe(decoder);
    message.resume();
  });
  return message.pipe(decoder);
}

const DECODERS: Record<string, () => ReturnType<typeof createGunzip>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress as typeof createGunzip,
  zstd: createZstdDecompress as typeof createGunzip,
};

function bodyError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/^(Z_|ERR__|ERR_BROTLI|ZSTD_|ERR_ZSTD)/.test(code)) {
    return sqlError(354, 'ZLIB_INFLATE_FAILED', 'the compressed body is damaged or cut short');
  }
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return sqlError(210, 'NETWORK_ERROR', 'the body ended before it was complete');
  }
  return error;
}

/** Everything in one buffer; throws when it grows past `limit` bytes. */
export async function collect(source: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > limit)
      throw sqlError(62, 'SYNTAX_ERROR', `Max query size exceeded: at most ${limit} bytes expected`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

function flag(search: URLSearchParams, name: string): boolean {
  return ['1', 'true'].includes(search.get(name) ?? '');
}

export function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}
