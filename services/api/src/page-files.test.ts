// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { servePage } from './page-files.ts';

function pageFolder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-page-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'page/assets'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return join(dir, 'page');
}

const POLICY = "default-src 'none'; script-src 'self'";

test('serves the files of the page with their types and its policy, and nothing beside them', async () => {
  const dir = pageFolder({
    'page/index.html': '<!doctype html>',
    'page/assets/app-1a2b.js': '1',
    'page/.sources-sha256': 'x',
    'secret.md': 'outside',
  });
  const app = fastify();
  await servePage(app, { dir, contentSecurityPolicy: POLICY });
  const index = await app.inject('/');
  expect(index.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
  });
  const script = await app.inject('/assets/app-1a2b.js');
  expect([script.body, script.headers['content-type']]).toEqual(['1', 'text/javascript; charset=utf-8']);
  for (const path of [
    '/.sources-sha256',
    '/../secret.md',
    '/%2e%2e/secret.md',
    '/assets/..%2f..%2fsecret.md',
  ]) {
    expect([path, (await app.inject(path)).statusCode]).toEqual([path, 404]);
  }
});

test('a folder without a built page is refused at start', async () => {
  const folder = { dir: pageFolder({}), contentSecurityPolicy: POLICY };
  await expect(servePage(fastify(), folder)).rejects.toThrow('build the dashboard first');
});
