// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startS3 } from './seaweedfs.ts';
import { installSeaweedfs } from './seaweedfs-install.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ashiato-seaweedfs-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

/** Starts a server from a process of its own, kills that process, and tells what it had started. */
async function startAndDie(dir: string, lifetime: string): Promise<{ pid: number; endpoint: string }> {
  const script = fileURLToPath(new URL('./test-programs/start-s3.ts', import.meta.url));
  const caller = spawn(process.execPath, [script, dir, lifetime], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(caller.stdout, 'data');
  caller.kill('SIGKILL');
  await once(caller, 'exit');
  return JSON.parse(String(line));
}

test('two servers at once, each reachable on 127.0.0.1 alone, gone when stopped', async () => {
  const servers = await Promise.all(['a', 'b'].map(name => startS3({ dir: join(base, name) })));
  expect(new Set(servers.map(({ endpoint }) => endpoint)).size).toBe(2);
  for (const { endpoint } of servers) {
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(endpoint)).status).toBe(403); // no credentials, no answer
  }
  await Promise.all(servers.map(server => server.stop()));
  for (const { endpoint } of servers) expect(await answers(endpoint)).toBe(false);
});

test('secrets lie in files for the owner alone', async () => {
  for (const name of ['credentials.json', 's3.json', '.seaweedfs/security.toml']) {
    expect((await stat(join(base, 'a/config', name))).mode & 0o077).toBe(0);
  }
});

test('credentials and address stay, unless the port was taken meanwhile', async () => {
  const dir = join(base, 'again');
  const first = await startS3({ dir });
  await first.stop();
  const port = Number(new URL(first.endpoint).port);
  const thief = createServer().listen(port, '127.0.0.1');
  await once(thief, 'listening');
  await expect(startS3({ dir, port })).rejects.toThrow(`port ${port} is taken`);
  const second = await startS3({ dir });
  expect(second.accessKeyId).toBe(first.accessKeyId);
  expect(second.endpoint).not.toBe(first.endpoint);
  await second.stop();
  thief.close();
});

test('the server ends when its caller is killed', async () => {
  const { endpoint } = await startAndDie(join(base, 'orphan'), 'caller');
  await vi.waitFor(async () => expect(await answers(endpoint)).toBe(false), { timeout: 20_000 });
});

test('a server with a life of its own goes on when its caller is killed', async () => {
  const { pid, endpoint } = await startAndDie(join(base, 'own'), 'own');
  expect(await answers(endpoint)).toBe(true);
  process.kill(pid, 'SIGTERM');
  await vi.waitFor(async () => expect(await answers(endpoint)).toBe(false), { timeout: 20_000 });
});

test('two installers at once both end with a whole program and leave nothing else', async () => {
  const cache = join(base, 'cache');
  const programs = await Promise.all([installSeaweedfs(cache), installSeaweedfs(cache)]);
  expect(new Set(programs).size).toBe(1);
  expect(await readdir(cache)).toEqual(['seaweedfs-4.48']);
  expect((await stat(programs[0] ?? '')).size).toBeGreaterThan(10_000_000);
});

test('a machine without Python is told what to install', async () => {
  const path = process.env.PATH;
  process.env.PATH = base;
  try {
    await expect(installSeaweedfs(join(base, 'none'))).rejects.toThrow(/needs Python 3 with pip/);
  } finally {
    process.env.PATH = path;
  }
});
