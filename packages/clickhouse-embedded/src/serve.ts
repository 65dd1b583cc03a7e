// SPDX-License-Identifier: Apache-2.0
// One process's life: lock, engine, listener, and the way out.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lockDataFolder } from './data-folder-lock.ts';
import { startEngine } from './engine.ts';
import { createHttpFront } from './http-front.ts';

export interface ServeOptions {
  /** Absolute. */
  dir: string;
  port: number;
  user: string;
  password: string;
  memoryLimitBytes: number;
  maxConcurrent: number;
  log: (line: string) => void;
}

export interface Serving {
  port: number;
  stop(): Promise<void>;
}

/** Listens on loopback only; on return it answers. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const lock = lockDataFolder(options.dir);
  const engine = startEngine(options.dir, options.memoryLimitBytes);
  const front = createHttpFront({ ...options, engine });
  // Long inserts and long queries are normal here: the engine's own limits end them, not the socket's.
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 60_000, maxHeaderSize: 1024 * 1024 },
    front.listener,
  );
  server.keepAliveTimeout = 30_000;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  const port = await listen(server, options.port);
  return {
    port,
    stop: async () => {
      const closed = new Promise(resolve => server.close(resolve));
      await front.drain();
      server.closeAllConnections();
      await closed;
      await engine.shutdown();
      lock.release();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
