// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { intakePaths } from '@ashiato/intake';
import { createMetrics } from '@ashiato/runtime';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScene, type Scene } from './api.testing.ts';
import { createApi } from './api.ts';
import { PROBLEMS } from './problems.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(['no json']);
});
afterAll(() => scene.stop());

type Document = {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
};

test('the document has every route of the server, and the server every one of the document', async () => {
  const served: string[] = [];
  const app = fastify();
  app.addHook('onRoute', ({ method, url }) => {
    const path = url
      .replaceAll('::', '\0')
      .replaceAll(/:(\w+)/g, '{$1}')
      .replace(/^(\/tile\/)\*$/, '$1{path}')
      .replaceAll('\0', ':');
    served.push(`${String(method).toLowerCase()} ${path}`);
  });
  await app.register(createApi({ ...scene.deps, metrics: createMetrics('api') }));
  const document = (await app.inject('/openapi.json')).json() as Document;
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method} ${path}`),
  );
  expect(served.sort()).toEqual(told.sort());
  await app.close();
});

test('paths of other services on the port are in it', async () => {
  const { ask } = await scene.variant({ morePaths: [intakePaths] });
  const { body } = await ask('/openapi.json');
  expect(body).toMatchObject({ openapi: '3.1.0' });
  expect(Object.keys(body.paths as object)).toContain('/v1/events');
  expect((await ask('/docs')).text).toContain('/v1/events');
});

test('every code stands under its status somewhere, and every status names codes of the table', async () => {
  const { body } = await scene.ask('/openapi.json');
  const seen = new Set<string>();
  for (const methods of Object.values((body as Document).paths)) {
    for (const { responses } of Object.values(methods)) {
      for (const [status, { description }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        for (const code of description.split(', ')) {
          seen.add(code);
          expect([code, PROBLEMS[code as keyof typeof PROBLEMS][0]]).toEqual([code, Number(status)]);
        }
      }
    }
  }
  const ofUnknownPaths = ['not_found'];
  expect([...seen, ...ofUnknownPaths].sort()).toEqual(Object.keys(PROBLEMS).sort());
});

test('the page needs no script and nothing from elsewhere', async () => {
  const { text, headers } = await scene.ask('/docs');
  expect(text).not.toMatch(/<script|<img|<iframe|\son\w+=|style="/);
  expect([...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target)).toEqual([
    '/docs/style.css',
    '/openapi.json',
  ]);
  expect(text).toContain('GET /v1/usage');
  expect(headers.get('content-security-policy')).toContain("style-src 'self'");
  expect((await scene.ask('/docs/style.css')).headers.get('content-type')).toContain('text/css');
});

test('the table of codes in the README is the one in the code, both ways', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\| (.+?) +\|$/gm)].map(
    ([, code, status, title]) => [code, [Number(status), title]],
  );
  expect(Object.fromEntries(rows)).toEqual(PROBLEMS);
  expect(rows).toHaveLength(Object.keys(PROBLEMS).length);
});
