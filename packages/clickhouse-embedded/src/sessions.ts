// SPDX-License-Identifier: Apache-2.0
// Which engine connection a request runs on: its own, or the one its session_id keeps.

import type { Engine, EngineConnection } from './engine.ts';
import { quote } from './engine.ts';
import { sqlError } from './errors.ts';
import type { ClickHouseRequest } from './http-request.ts';

interface Session {
  connection: EngineConnection;
  busy: boolean;
  expiry: NodeJS.Timeout | undefined;
}

export interface Sessions {
  /** A connection with the request's settings, parameters and database on it; give it back with `release`. */
  acquire(request: ClickHouseRequest): Promise<Lease>;
  closeAll(): Promise<void>;
}

export interface Lease {
  connection: EngineConnection;
  release(): Promise<void>;
}

export function createSessions(engine: Engine): Sessions {
  const sessions = new Map<string, Session>();
  return {
    acquire: request => (request.session ? resume(engine, sessions, request) : open(engine, request)),
    closeAll: async () => {
      for (const session of sessions.values()) clearTimeout(session.expiry);
      await Promise.all([...sessions.values()].map(session => session.connection.close()));
      sessions.clear();
    },
  };
}

// Nothing can leak between requests: the connection, and every SET on it, ends with the request.
async function open(engine: Engine, request: ClickHouseRequest): Promise<Lease> {
  const connection = engine.connect(request.queryId);
  try {
    await prepare(connection, request);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { connection, release: () => connection.close() };
}

async function resume(
  engine: Engine,
  sessions: Map<string, Session>,
  request: ClickHouseRequest,
): Promise<Lease> {
  const { id, check, timeoutSeconds } = request.session!;
  let session = sessions.get(id);
  if (session?.busy) throw sqlError(373, 'SESSION_IS_LOCKED', 'Session is locked by a concurrent client');
  if (!session && check) throw sqlError(372, 'SESSION_NOT_FOUND', 'Session not found');
  if (!session) {
    session = { connection: engine.connect(request.queryId), busy: true, expiry: undefined };
    sessions.set(id, session);
  }
  const held = session;
  held.busy = true;
  clearTimeout(held.expiry);
  const restore = await settingsBefore(held.connection, request).catch(() => []);
  const release = async (): Promise<void> => {
    for (const sql of restore) await held.connection.query(sql, 'Null').catch(() => undefined);
    held.busy = false;
    held.expiry = setTimeout(() => {
      sessions.delete(id);
      void held.connection.close();
    }, timeoutSeconds * 1000);
    held.expiry.unref();
  };
  try {
    await prepare(held.connection, request);
  } catch (error) {
    await release();
    throw error;
  }
  return { connection: held.connection, release };
}

async function prepare(connection: EngineConnection, request: ClickHouseRequest): Promise<void> {
  if (request.session) await connection.query(`SET log_comment = ${quote(request.queryId)}`, 'Null');
  if (request.database && request.database !== 'default') {
    await connection.query(`USE ${quoteIdentifier(request.database)}`, 'Null');
  }
  // Parameters first: with a readonly=1 among the settings nothing can be SET any more.
  await setParams(connection, request.params);
  const changes = request.settings.map(([name, value]) => `${settingName(name)} = ${quote(value)}`);
  if (changes.length > 0) await connection.query(`SET ${changes.join(', ')}`, 'Null');
}

async function setParams(connection: EngineConnection, params: ClickHouseRequest['params']): Promise<void> {
  if (params.length === 0) return;
  const sql = `SET ${params.map(([name, value]) => `param_${settingName(name)} = ${quote(value)}`).join(', ')}`;
  // A server takes parameters of any length beside a short query; here they pass through the parser.
  const long = sql.length > LONG_SQL;
  if (long) await connection.query(`SET max_query_size = ${4 * sql.length}`, 'Null');
  await connection.query(sql, 'Null');
  if (long) await connection.query('SET max_query_size = DEFAULT', 'Null');
}

/** In characters of up to four bytes: well below the default max_query_size of 262,144 bytes. */
const LONG_SQL = 50_000;

// In a session a setting of the address holds for one request, one that was SET holds on: put back what was.
async function settingsBefore(connection: EngineConnection, request: ClickHouseRequest): Promise<string[]> {
  if (request.settings.length === 0) return [];
  const names = request.settings.map(([name]) => settingName(name));
  const list = names.map(quote).join(', ');
  const sql = `SELECT name, value FROM system.settings WHERE changed AND name IN (${list}) FORMAT JSONCompactEachRow`;
  const { bytes } = await connection.query(sql, 'JSONCompactEachRow');
  const lines = bytes.toString().split('\n').filter(Boolean);
  const before = new Map(lines.map(line => JSON.parse(line) as [string, string]));
  return names.map(name => {
    const value = before.get(name);
    return value === undefined ? `SET ${name} = DEFAULT` : `SET ${name} = ${quote(value)}`;
  });
}

function settingName(name: string): string {
  if (/^\w+$/.test(name)) return name;
  throw sqlError(115, 'UNKNOWN_SETTING', 'Setting with an impossible name: letters, digits and _ expected');
}

function quoteIdentifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}
