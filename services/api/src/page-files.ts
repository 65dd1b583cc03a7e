// SPDX-License-Identifier: Apache-2.0
// The built page, held in memory: a handful of files that never change while we run, and no path from a request
// ever reaches the file system.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** Where the built page lies and the Content-Security-Policy it is made for. */
export interface PageFolder {
  dir: string;
  contentSecurityPolicy: string;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.md': 'text/markdown; charset=utf-8',
};

/** Adds `GET /` and one route per file. Throws where the folder cannot be read or holds no index.html. */
export async function servePage(
  app: FastifyInstance,
  { dir, contentSecurityPolicy }: PageFolder,
): Promise<void> {
  for (const { path, bytes, type } of await readPage(dir)) {
    // Names under assets/ hold a hash of their content, so a browser may keep them.
    const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
    app.get(path, { exposeHeadRoute: false, logLevel: 'silent' }, async (_request, reply) => {
      reply
        .type(type)
        .header('content-security-policy', contentSecurityPolicy)
        .header('cache-control', cache);
      return bytes;
    });
  }
}

async function readPage(dir: string): Promise<{ path: string; bytes: Buffer; type: string }[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile() && TYPES[extname(entry.name)] !== undefined);
  const page = await Promise.all(
    files.map(async entry => {
      const place = join(entry.parentPath, entry.name);
      const name = relative(dir, place).split(sep).join('/');
      const path = name === 'index.html' ? '/' : `/${name}`;
      return { path, bytes: await readFile(place), type: TYPES[extname(name)]! };
    }),
  );
  if (page.some(({ path }) => path === '/')) return page;
  throw new Error(`expected a built page in ${dir}, found no index.html; build the dashboard first`);
}
