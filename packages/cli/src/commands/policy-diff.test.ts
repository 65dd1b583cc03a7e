// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PolicyDiff } from '@ashiato/policy/diff';
import { shippedPolicy } from '@ashiato/policy/load';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../main.ts');
const run = promisify(execFile);
const diff = (...args: string[]) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'policy', 'diff', ...args]);
let draft: string;

beforeAll(async () => {
  draft = await mkdtemp(join(tmpdir(), 'ashiato-draft-'));
  await cp(shippedPolicy(), draft, { recursive: true });
  const registers = join(draft, 'registers.yaml');
  const text = await readFile(registers, 'utf8');
  await writeFile(registers, text.replace('areas: [kansai]', 'areas: [kansai, tokyo]'));
});
afterAll(() => rm(draft, { recursive: true, force: true }));

test('a draft is compared with the policy that comes along, and its examples can be explained', async () => {
  const { stdout } = await diff('astmax-energy', draft, '--json');
  const { changes, otherwise } = JSON.parse(stdout) as PolicyDiff;
  expect(changes).toMatchObject([
    { kind: 'widened', section: 'partners', id: 'tdso-kansai', member: 'areas', gained: ['tokyo'] },
  ]);
  expect(otherwise.map(({ gone }) => gone)).toContainEqual(['area_other']);
  const [{ example }] = otherwise as [PolicyDiff['otherwise'][number]];
  await writeFile(join(draft, 'example.json'), JSON.stringify(example.event));
  const args = [MAIN, 'policy', 'explain', join(draft, 'example.json'), '--json'];
  const explained = await run(process.execPath, args).catch(error => error as { stdout: string });
  expect(JSON.parse(explained.stdout)).toEqual(example.a);
});

test('text is in the language that is asked for', async () => {
  const { stdout } = await diff('astmax-energy', draft, '--lang', 'ja');
  expect(stdout).toContain('  拡大  登録された相手 tdso-kansai  areas: +tokyo\n');
});

test.each([
  [['nowhere', 'astmax-energy'], 'nowhere'],
  [['astmax-energy@1', 'astmax-energy'], 'expected a version of astmax-energy, got 1; it holds 2024-04-01'],
  [['astmax-energy', 'astmax-energy', '--lang', 'de'], '--lang: expected ja or en, got de'],
])('%j cannot be compared, and the message says why', async (args, told) => {
  await expect(diff(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
});
