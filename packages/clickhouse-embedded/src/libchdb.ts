// SPDX-License-Identifier: Apache-2.0
// The C interface of libchdb (programs/local/chdb.h), one function each. Blocking calls run on libuv's pool
// and keep that thread's own stack, which the engine measures; so a foreign-stack FFI cannot be used here.

import { resolveLibchdb } from 'chdb/libchdb';
import ffi from 'ffi-rs';
import { ClickHouseEmbeddedError, sqlErrorFromEngine } from './errors.ts';

type Pointer = ReturnType<typeof ffi.unwrapPointer>[number];

/** What one finished or partial result holds; `bytes` is a copy, the engine's memory is already given back. */
export interface EngineResult {
  bytes: Buffer;
  resultRows: number;
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
}

export interface ConnectionHandle {
  /** What `chdb_close_conn` takes. */
  owner: Pointer;
  /** What every other call takes. */
  connection: Pointer;
}

const library = 'chdb';
const { DataType: T } = ffi;

/** Loads the engine's shared library into this process; throws ENGINE_MISSING when its package is absent. */
export function openLibchdb(): void {
  try {
    ffi.open({ library, path: resolveLibchdb().path });
  } catch (cause) {
    const text = 'the chdb engine library could not be loaded: install the optional @chdb/lib-* package';
    throw new ClickHouseEmbeddedError('ENGINE_MISSING', `${text} of this platform`, cause);
  }
}

/** The engine would otherwise take SIGTERM and its like from the process. Call before the first connect. */
export function leaveSignalsAlone(): void {
  callVoid('chdb_set_signal_handlers_enabled', [T.I32], [0]);
}

/** Opens a connection; null when the engine refuses the arguments (it prints why on stderr). Milliseconds. */
export function connect(args: readonly string[]): ConnectionHandle | null {
  const argv = ['clickhouse', ...args];
  const owner = callPointer('chdb_connect', [T.I32, T.StringArray], [argv.length, argv]);
  if (ffi.isNullPointer(owner)) return null;
  const [connection] = ffi.unwrapPointer([owner]);
  return { owner, connection: connection! };
}

/** MUST NOT run while another call on the same connection is under way: that is a use after free. */
export async function closeConnection(handle: ConnectionHandle): Promise<void> {
  await callBlocking('chdb_close_conn', T.Void, [T.External], [handle.owner]);
}

export async function runQuery(handle: ConnectionHandle, sql: Buffer, format: string): Promise<EngineResult> {
  return takeResult(await callWithText('chdb_query_n', handle.connection, sql, format));
}

export async function openResultStream(
  handle: ConnectionHandle,
  sql: Buffer,
  format: string,
): Promise<Pointer> {
  const stream = await callWithText('chdb_stream_query_n', handle.connection, sql, format);
  const error = textAt('chdb_result_error', stream);
  if (error === null) return stream;
  freeResult(stream);
  throw sqlErrorFromEngine(error);
}

/** The next piece; one without bytes is the end. */
export async function fetchResult(handle: ConnectionHandle, stream: Pointer): Promise<EngineResult> {
  const types = [T.External, T.External];
  const values = [handle.connection, stream];
  const piece = await callBlocking('chdb_stream_fetch_result', T.External, types, values);
  return takeResult(piece as Pointer);
}

/** Ends a stream in any state and gives its memory back; MUST NOT run while a fetch is under way. */
export async function closeResultStream(
  handle: ConnectionHandle,
  stream: Pointer,
  finished: boolean,
): Promise<void> {
  if (!finished) {
    const types = [T.External, T.External];
    await callBlocking('chdb_stream_cancel_query', T.Void, types, [handle.connection, stream]);
  }
  freeResult(stream);
}

/** Begins `INSERT INTO …` (no FORMAT, no rows); throws what the engine says of table, columns or rights. */
export async function openInsert(handle: ConnectionHandle, sql: Buffer, format: string): Promise<Pointer> {
  const stream = await callWithText('chdb_stream_insert_n', handle.connection, sql, format);
  const error = textAt('chdb_stream_insert_error', stream);
  if (error === null) return stream;
  await closeInsert(stream);
  throw sqlErrorFromEngine(error);
}

/** Hands bytes over (the engine copies them), waiting while it is behind; false once the insert has failed. */
export async function appendToInsert(stream: Pointer, bytes: Buffer): Promise<boolean> {
  const types = [T.External, T.U8Array, T.U64];
  return (await callBlocking('chdb_stream_append', T.I32, types, [stream, bytes, bytes.length])) === 0;
}

/** Commits; on return the rows are in the table, or this throws why not. */
export async function finishInsert(stream: Pointer): Promise<EngineResult> {
  return takeResult((await callBlocking('chdb_stream_done', T.External, [T.External], [stream])) as Pointer);
}

/** Required for every insert; one that was not finished is cancelled. */
export async function closeInsert(stream: Pointer): Promise<void> {
  await callBlocking('chdb_destroy_insert_stream', T.Void, [T.External], [stream]);
}

function takeResult(result: Pointer): EngineResult {
  try {
    const error = textAt('chdb_result_error', result);
    if (error !== null) throw sqlErrorFromEngine(error);
    return {
      bytes: bytesOf(result),
      resultRows: countOf('chdb_result_rows_read', result),
      readRows: countOf('chdb_result_storage_rows_read', result),
      readBytes: countOf('chdb_result_storage_bytes_read', result),
      writtenRows: countOf('chdb_result_rows_written', result),
      writtenBytes: countOf('chdb_result_bytes_written', result),
    };
  } finally {
    freeResult(result);
  }
}

function bytesOf(result: Pointer): Buffer {
  const length = countOf('chdb_result_length', result);
  if (length === 0) return Buffer.alloc(0);
  return Buffer.from(
    ffi.createExternalBuffer(callPointer('chdb_result_buffer', [T.External], [result]), length),
  );
}

function countOf(funcName: string, result: Pointer): number {
  const values = [result];
  return Number(
    ffi.load({ library, funcName, retType: T.U64, paramsType: [T.External], paramsValue: values }),
  );
}

function textAt(funcName: string, pointer: Pointer): string | null {
  const text = callPointer(funcName, [T.External], [pointer]);
  if (ffi.isNullPointer(text)) return null;
  const values = [pointer];
  return ffi.load({ library, funcName, retType: T.String, paramsType: [T.External], paramsValue: values });
}

function freeResult(result: Pointer): void {
  callVoid('chdb_destroy_query_result', [T.External], [result]);
}

type Types = (typeof T)[keyof typeof T][];

function callPointer(funcName: string, paramsType: Types, paramsValue: unknown[]): Pointer {
  return ffi.load({ library, funcName, retType: T.External, paramsType, paramsValue });
}

function callVoid(funcName: string, paramsType: Types, paramsValue: unknown[]): void {
  ffi.load({ library, funcName, retType: T.Void, paramsType, paramsValue });
}

function callBlocking(
  funcName: string,
  retType: Types[number],
  paramsType: Types,
  paramsValue: unknown[],
): Promise<unknown> {
  return ffi.load({ library, funcName, retType, paramsType, paramsValue, runInNewThread: true });
}

async function callWithText(
  funcName: string,
  connection: Pointer,
  sql: Buffer,
  format: string,
): Promise<Pointer> {
  const types = [T.External, T.U8Array, T.U64, T.U8Array, T.U64];
  const formatBytes = Buffer.from(format);
  const values = [connection, sql, sql.length, formatBytes, formatBytes.length];
  return (await callBlocking(funcName, T.External, types, values)) as Pointer;
}
