// SPDX-License-Identifier: Apache-2.0
// The process as operators run it, while no intake answers.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createBrowser } from './sample-staff/browser.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const run = promisify(execFile);

async function scene() {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-desk-process-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'token'), 'ashiato_emitter_x\n');
  const env = {
    PATH: process.env.PATH,
    ASHIATO_DATA_DIR: dir,
    ASHIATO_CUSTOMER_DESK_LISTEN: '127.0.0.1:0',
    ASHIATO_CUSTOMER_DESK_INTAKE_URL: 'http://127.0.0.1:9',
    ASHIATO_CUSTOMER_DESK_TOKEN_FILE: join(dir, 'token'),
  };
  return { dir, env };
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    if (!line.startsWith('{')) continue;
    const { address } = JSON.parse(line) as { address?: string };
    if (address !== undefined) return address;
  }
  throw new Error('the process ended before it listened');
}

test('it serves while the intake is away, since accesses are on its disk; after SIGTERM they are still there', async () => {
  const { dir, env } = await scene();
  const start = () => {
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'inherit', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const child = start();
  const address = await addressOf(child);
  expect(await (await fetch(`${address}/readyz`)).json()).toEqual({ status: 'ready' });
  const password = (await readFile(join(dir, 'customer-desk/staff-password'), 'utf8')).trim();
  const browser = createBrowser(address);
  await browser.submit(await browser.open('/login'), '/login', { id: 'st-101', password });
  expect((await browser.open('/customers/1001')).text).toContain('k1001@example.jp');
  child.stderr!.resume();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const spool = join(dir, 'customer-desk/spool');
  const { stdout } = await run('grep', ['-rl', 'basic.email', spool]);
  expect(stdout).toContain(spool);
  // The same people and the same password after a restart.
  const again = start();
  const next = createBrowser(await addressOf(again));
  const page = await next.submit(await next.open('/login'), '/login', { id: 'st-101', password });
  expect(page.path).toBe('/');
});

test('--check-config hides the token; a public address and a misspelt key are refused', async () => {
  const { env } = await scene();
  const check = (more: Record<string, string>) =>
    run(process.execPath, [MAIN, '--check-config'], { env: { ...env, ...more } });
  const { stdout } = await check({});
  expect(stdout).toContain('ASHIATO_CUSTOMER_DESK_TOKEN_FILE=[redacted]');
  expect(stdout).not.toContain('ashiato_emitter');
  await expect(check({ ASHIATO_CUSTOMER_DESK_LISTEN: '0.0.0.0:8430' })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ASHIATO_CUSTOMER_DESK_LISTEN'),
  });
  await expect(check({ ASHIATO_CUSTOMER_DESK_MODUS: 'strict' })).rejects.toMatchObject({ code: 2 });
});
