// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTokens, openTokens } from '@ashiato/auth';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../main.ts');

function scene() {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-token-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  createTokens(join(dir, 'tokens'));
  const token = (...args: string[]) =>
    run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      MAIN,
      'token',
      ...args,
      '--data-dir',
      dir,
    ]);
  return { dir, tokens: openTokens(join(dir, 'tokens')), token };
}

test('a token for the sources of one service: in a file of its own, at once, until it is revoked', async () => {
  const { dir, tokens, token } = scene();
  const out = join(dir, 'crm.token');
  const asked = ['--role', 'emitter', '--label', 'crm', '--source-prefix', '/services/crm/', '--days', '90'];
  const { stdout, stderr } = await token('new', ...asked, '--out', out);
  const text = readFileSync(out, 'utf8').trim();
  expect(stdout + stderr).not.toContain(text);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const verified = tokens.verify(text);
  expect(verified).toMatchObject({
    outcome: 'granted',
    role: 'emitter',
    scope: { source_prefix: '/services/crm/' },
  });
  const [entry] = JSON.parse((await token('list', '--json')).stdout) as { id: string; expires: string }[];
  expect(Date.parse(entry!.expires) - Date.now()).toBeGreaterThan(89 * 86_400_000);
  expect((await token('list')).stdout).toContain('/services/crm/');
  await token('revoke', entry!.id);
  expect(tokens.verify(text)).toEqual({ outcome: 'refused', reason: 'revoked' });
});

test('what cannot be is told, and leaves neither a file nor a token', async () => {
  const { dir, tokens, token } = scene();
  const out = join(dir, 'x.token');
  const wrong = [
    ['--role', 'viewer', '--label', 'x', '--source-prefix', '/x/'],
    ['--role', 'subject', '--label', 'x'],
    ['--role', 'emitter', '--label', 'x', '--days', '0'],
    ['--role', 'king', '--label', 'x'],
  ];
  for (const args of wrong)
    await expect(token('new', ...args, '--out', out)).rejects.toMatchObject({ code: 2, stdout: '' });
  expect(existsSync(out)).toBe(false);
  expect(tokens.list()).toEqual([]);
  await expect(token('revoke', 'nothing')).rejects.toMatchObject({ code: 1 });
  await expect(
    token('new', '--role', 'viewer', '--label', 'x', '--out', join(dir, 'tokens/registry.json')),
  ).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('does not exist') });
});
