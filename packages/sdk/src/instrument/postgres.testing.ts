// SPDX-License-Identifier: Apache-2.0
// PostgreSQL itself (as WebAssembly, in this process) behind its own wire protocol, for the libraries that speak it.
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';
import { TABLES } from './instrument.testing.ts';

export interface Postgres {
  pool: pg.Pool;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 4 });
  await server.start();
  const pool = new pg.Pool({
    connectionString: `postgres://postgres@${server.getServerConn()}/postgres`,
    max: 2,
  });
  for (const text of TABLES) await pool.query(text);
  return {
    pool,
    async stop() {
      await pool.end();
      await server.stop();
      await db.close();
    },
  };
}
