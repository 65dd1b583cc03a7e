// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { shippedPolicy } from '@ashiato/policy/load';
import { afterAll, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../main.ts');
const dir = mkdtempSync(join(tmpdir(), 'ashiato-generate-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const run = promisify(execFile);
const generate = (...args: string[]) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'policy', 'generate', ...args]);

test.each([
  ['typescript', 'vocabulary.gen.ts'],
  ['json-schema', 'access-event.gen.json'],
])('%s is printed or written, and compared with a file', async (what, name) => {
  const committed = readFileSync(join(shippedPolicy(), name), 'utf8');
  expect((await generate(what)).stdout).toBe(committed);
  const file = join(dir, name);
  expect((await generate(what, '--out', file)).stdout).toBe('');
  expect(readFileSync(file, 'utf8')).toBe(committed);
  expect((await generate(what, '--check', file)).stderr).toContain('up to date');
  writeFileSync(file, committed.replace('basic.email', 'basic.mail'));
  const stale = generate(what, '--check', file);
  await expect(stale).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('write it again') });
});

test('the vocabulary as data holds words, clauses and allowed fields', async () => {
  const { stdout } = await generate('typescript', '--mode', 'literal', '--json');
  const { reading, purposes, allowed } = JSON.parse(stdout);
  expect([reading, purposes[2].id, purposes[2].clause]).toEqual(['literal', 'billing', 'C2-P03']);
  expect(allowed.none.billing).toContain('customer.age');
});

test.each([
  [['java'], 'expected typescript or json-schema, got java'],
  [['typescript', '--mode', 'loose'], '--mode: expected literal or strict, got loose'],
  [['typescript', '--check', '/nowhere/x.ts'], '/nowhere/x.ts: cannot be read'],
  [['typescript', '--out', '/nowhere/x.ts'], '/nowhere/x.ts: cannot be written'],
])('refuses %j and says why', async (args, told) => {
  await expect(generate(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
});
