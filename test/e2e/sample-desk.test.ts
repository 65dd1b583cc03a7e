// SPDX-License-Identifier: Apache-2.0
// `npm start` with its sample: the events come from a real service, through its pages, into the same trail.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Usage {
  items: { source: string; purpose: string; count: number; violations: number }[];
}

it('the sample staff works at the desk, and what it does is judged; a person can join it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-sample-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const anywhere = '127.0.0.1:0';
  const args = [
    'services/standalone/src/main.ts',
    '--data-dir',
    dir,
    '--listen',
    anywhere,
    '--desk-listen',
    anywhere,
  ];
  const trail = spawn(process.execPath, [join(ROOT, 'infra/bootstrap.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void trail.kill('SIGKILL'));
  let said = '';
  trail.stdout.on('data', chunk => {
    said += chunk;
  });
  trail.stderr.resume();
  while (!said.includes('staff-password') || !said.includes('/?code=')) {
    if (trail.exitCode !== null) throw new Error(`ended with ${trail.exitCode} before it was ready`);
    await pause(50);
  }
  const api = /page +(http:\/\/[\d.:]+)/.exec(said)![1]!;
  const desk = /sample +(http:\/\/[\d.:]+)/.exec(said)![1]!;
  const authorization = `Bearer ${readFileSync(join(dir, 'tokens/viewer'), 'utf8').trim()}`;

  expect(await (await fetch(`${desk}/login`, { headers: { 'accept-language': 'en' } })).text()).toContain(
    'Staff number',
  );
  const usage = async () =>
    (await (
      await fetch(`${api}/v1/usage?by=source,purpose`, { headers: { authorization } })
    ).json()) as Usage;
  await expect
    .poll(async () => (await usage()).items?.length ?? 0, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(4);
  const { items } = await usage();
  expect(new Set(items.map(({ source }) => source))).toEqual(new Set(['/sample/customer-desk']));
  expect(items.map(({ purpose }) => purpose)).toEqual(
    expect.arrayContaining(['customer_contact', 'billing']),
  );

  trail.kill('SIGTERM');
  expect((await once(trail, 'exit'))[0]).toBe(0);
});
