// SPDX-License-Identifier: Apache-2.0
// The one chDB engine of this process, and the connections requests run on.

import { writeEngineConfig } from './engine-config.ts';
import { ClickHouseEmbeddedError, SqlError } from './errors.ts';
import type { EngineResult } from './libchdb.ts';
import * as libchdb from './libchdb.ts';

export type { EngineResult };

/** One engine session: settings, parameters and temporary tables live and die with it. One call at a time. */
export interface EngineConnection {
  /** Runs a statement whole; throws SqlError. */
  query(sql: string | Buffer, format: string): Promise<EngineResult>;
  /** Reads a SELECT in pieces; each piece is a complete document of the format. Throws SqlError, also mid-way. */
  stream(sql: Buffer, format: string): AsyncGenerator<EngineResult, void, void>;
  /** Feeds `rows` to an INSERT without its FORMAT clause; durable as the table says on return, else throws. */
  insert(sql: Buffer, format: string, rows: AsyncIterable<Buffer>): Promise<EngineResult>;
  /** Waits for what runs, then ends the session. Idempotent. */
  close(): Promise<void>;
}

export interface Engine {
  /** A fresh session; `queryId` is how KILL QUERY finds what runs on it (kept as its log_comment). */
  connect(queryId: string): EngineConnection;
  /** Cancels whatever runs under that id; returns when the engine has been told, not when it has ended. */
  kill(queryId: string): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Starts the engine on `dir` and changes the process's working directory to an empty folder in it.
 * At most once a process (chDB binds one data folder a process), never in a worker thread.
 */
export function startEngine(dir: string, memoryLimitBytes: number): Engine {
  const folders = writeEngineConfig(dir, memoryLimitBytes);
  process.chdir(folders.work);
  libchdb.openLibchdb();
  libchdb.leaveSignalsAlone();
  const args = [
    `--path=${folders.store}`,
    `--config-file=${folders.configFile}`,
    `--users_config=${folders.usersFile}`,
    '--access_control_improvements.table_engines_require_grant=1',
  ];
  // The engine stops when its last connection closes: this one stays open for the process's life.
  const keeper = openConnection(args, 'ashiato-front');
  let kills: Promise<unknown> = Promise.resolve();
  return {
    connect: queryId => openConnection(args, queryId),
    kill: queryId => {
      const sql = `KILL QUERY WHERE Settings['log_comment'] = ${quote(queryId)} ASYNC`;
      kills = kills.then(
        () => keeper.query(sql, 'Null'),
        () => keeper.query(sql, 'Null'),
      );
      return kills.then(() => undefined);
    },
    shutdown: () => keeper.close(),
  };
}

/** A string literal of ClickHouse SQL; the parser's escapes, so that no byte ends it early. */
export function quote(text: string): string {
  const escaped = text.replace(/[\\'\0]/g, char => (char === '\0' ? '\\0' : `\\${char}`));
  return `'${escaped}'`;
}

function openConnection(args: readonly string[], queryId: string): EngineConnection {
  const handle = libchdb.connect([...args, `--log_comment=${queryId}`]);
  if (handle === null) {
    const text = 'the chdb engine refused its data folder or configuration: see its message above';
    throw new ClickHouseEmbeddedError('START_FAILED', text);
  }
  // The C interface frees a connection under a running call, so calls queue and close waits for them.
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const inTurn = <R>(call: () => Promise<R>): Promise<R> => {
    const turn = last.then(call, call);
    last = turn;
    return turn;
  };
  return {
    query: (sql, format) => inTurn(() => libchdb.runQuery(handle, Buffer.from(sql), format)),
    stream: (sql, format) => readStream(handle, inTurn, sql, format),
    insert: (sql, format, rows) => inTurn(() => feedInsert(handle, sql, format, rows)),
    close: () => {
      closing ??= inTurn(() => libchdb.closeConnection(handle));
      return closing;
    },
  };
}

async function* readStream(
  handle: libchdb.ConnectionHandle,
  inTurn: <R>(call: () => Promise<R>) => Promise<R>,
  sql: Buffer,
  format: string,
): AsyncGenerator<EngineResult, void, void> {
  const stream = await inTurn(() => libchdb.openResultStream(handle, sql, format));
  let finished = false;
  try {
    while (!finished) {
      const piece = await inTurn(() => libchdb.fetchResult(handle, stream));
      finished = piece.bytes.length === 0;
      if (!finished) yield piece;
    }
  } catch (error) {
    finished = error instanceof SqlError;
    throw error;
  } finally {
    await inTurn(() => libchdb.closeResultStream(handle, stream, finished));
  }
}

async function feedInsert(
  handle: libchdb.ConnectionHandle,
  sql: Buffer,
  format: string,
  rows: AsyncIterable<Buffer>,
): Promise<EngineResult> {
  const stream = await libchdb.openInsert(handle, sql, format);
  try {
    for await (const bytes of rows) {
      // A failed insert says why when it is finished; what is left of the body is not needed for that.
      if (!(await libchdb.appendToInsert(stream, bytes))) break;
    }
    return await libchdb.finishInsert(stream);
  } finally {
    await libchdb.closeInsert(stream);
  }
}
