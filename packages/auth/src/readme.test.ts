// SPDX-License-Identifier: Apache-2.0
// Runs the snippet of the README, and holds it against the file.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { can, firstStart, openTokens } from './index.ts';

test('the README’s snippet does what it says', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-auth-readme-'));
  // snippet
  firstStart(dir);
  const tokens = openTokens(dir);
  const { token } = tokens.issue({ role: 'viewer', label: 'monthly report' });
  const verified = tokens.verify(token);
  const allowed = verified.outcome === 'granted' && can(verified.role, 'usage.read');
  // end of snippet
  expect(allowed).toBe(true);
  await rm(dir, { recursive: true });
});

test('the README’s snippet is the one that ran', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const self = await readFile(new URL(import.meta.url), 'utf8');
  const ran = /\/\/ snippet\n(.*?) {2}\/\/ end of snippet/s.exec(self)?.[1]?.replaceAll(/^ {2}/gm, '');
  expect(/```ts\n(.*?)```/s.exec(readme)?.[1]).toBe(ran);
});
