// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedPolicy } from '@ashiato/policy/load';
import { afterAll, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../main.ts');
const CLINIC = join(shippedPolicy(), '../sample-clinic');
const dir = mkdtempSync(join(tmpdir(), 'ashiato-policy-check-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A copy of the clinic in which texts of some files were replaced. */
function clinic(name: string, changes: [file: string, from: string, to: string][] = []): string {
  const folder = join(dir, name);
  cpSync(CLINIC, folder, { recursive: true });
  for (const [file, from, to] of changes) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text.includes(from), `${file} holds ${from}`).toBe(true);
    writeFileSync(path, text.replace(from, to));
  }
  return folder;
}

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve => {
    const all = ['--disable-warning=ExperimentalWarning', MAIN, 'policy', 'check', ...args];
    execFile(process.execPath, all, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

test('the policy that comes along passes with counts and its twelve findings as warnings', async () => {
  const { code, out, err } = await run();
  expect(code).toBe(0);
  expect(err).toBe('');
  expect(out).toMatch(
    /^astmax-energy 2024-04-01: 57 rules, 59 clauses, sha256 [0-9a-f]{64}\n163 cases run, 0 failed\n/,
  );
  const warnings = [...out.matchAll(/^warning (L\d+) \[(C[^\]]*lines? [0-9, -]+)\] /gm)];
  expect(warnings.map(([, id]) => id)).toEqual(Array.from({ length: 12 }, (_, at) => `L${at + 1}`));
  expect(out).toMatch(/\n0 errors, 12 warnings\n$/);
});

test('another policy is checked against its text, in Japanese and as JSON', async () => {
  const text = ['--source', join(CLINIC, 'source.ja.txt')];
  const { code, out } = await run(CLINIC, ...text, '--lang', 'ja');
  expect(code).toBe(0);
  expect(out).toMatch(/^sample-clinic 2025-04-01: 規則 27、条項 20, sha256 /);
  expect(out).toMatch(
    /\n原文 .* は版 2025-04-01 の文面\(SHA-256 [0-9a-f]{64}\)で、条項 20 と規則 27 が引く行がすべてある\n/,
  );
  expect(out).toContain('警告 L10 [K1 K3 6, 15行] 取得するが、');
  expect(out).toMatch(/\n誤り 0、警告 1\n$/);
  const json = JSON.parse((await run(CLINIC, ...text, '--json')).out);
  expect(json).toMatchObject({
    policies: [
      { id: 'sample-clinic', rules: 27, clauses: 20, findings: [{ id: 'L10', clauses: ['K1', 'K3'] }] },
    ],
    source: { verified: [{ version: '2025-04-01' }], errors: [] },
    cases: { run: 42, failed: [] },
    errors: [],
  });
});

test('a text that is another ends with 1, one that is not there with 2', async () => {
  const other = await run(CLINIC, '--source', join(CLINIC, 'registers.yaml'));
  expect(other.code).toBe(1);
  expect(other.out).toMatch(
    /^error .*registers\.yaml: expected the text of sample-clinic 2025-04-01 with SHA-256 /m,
  );
  const nowhere = await run(CLINIC, '--source', join(dir, 'nowhere.txt'));
  expect(nowhere.code).toBe(2);
  expect(nowhere.err).toContain('nowhere.txt: cannot be read');
});

test('problems of all files are told at once with file, line, expected and found, and exit 1', async () => {
  const folder = clinic('broken', [
    ['2025-04-01.yaml', 'clause: K2-2\n    kind', 'clause: K2-9\n    kind'],
    ['2025-04-01.rules.yaml', 'family: figures', 'family: figure'],
    ['registers.yaml', 'nda: true', 'nda: perhaps'],
    ['cases/clinic.yaml', 'literal: conforming', 'literal: fine'],
  ]);
  const { code, out, err } = await run(folder);
  expect(code).toBe(1);
  expect(out).toMatch(
    /^error .*2025-04-01\.yaml:\d+:\d+ purposes\.1\.clause: expected a declared clause, found "K2-9"$/m,
  );
  expect(out).toMatch(
    /^error .*rules\.yaml:\d+:\d+ rules\.21\.family: expected a declared family, found "figure"$/m,
  );
  expect(out).toMatch(
    /^error .*registers\.yaml:\d+:\d+ agreements\.0\.nda: expected boolean, found "perhaps"$/m,
  );
  expect(out).toMatch(/^error .*clinic\.yaml:\d+:\d+ cases\.0\.literal: expected "conforming" or /m);
  expect(err).toContain('4 errors');
  const json = JSON.parse((await run(folder, '--json')).out);
  expect(json.errors).toHaveLength(4);
  expect(json.errors[0]).toMatchObject({ at: 'purposes.1.clause', found: '"K2-9"' });
  const yaml = clinic('no-yaml', [['2025-04-01.rules.yaml', 'rules:\n', 'rules: [\n']]);
  expect((await run(yaml)).out).toMatch(/^error .*rules\.yaml:\d+:\d+ : expected YAML, found /m);
});

test('a case that fails and golden files that differ end with 1; --update rewrites the files, never the cases', async () => {
  const changes: [string, string, string][] = [
    ['2025-04-01.rules.yaml', 'en: The purpose is one of those listed.', 'en: The purpose is listed.'],
  ];
  const folder = clinic('changed', changes);
  const stale = await run(folder);
  expect(stale.code).toBe(1);
  expect(stale.out).toContain(
    'error cases/reasons.golden.txt differs from what the judge says; look at what changed',
  );
  const updated = await run(folder, '--update');
  expect(updated.code).toBe(0);
  expect(updated.out).toContain('golden reasons.golden.txt: 392 lines, updated');
  expect((await run(folder)).code).toBe(0);

  const failing = clinic('failing', [['cases/clinic.yaml', 'strict: conforming', 'strict: violation']]);
  const { code, out } = await run(failing, '--update');
  expect(code).toBe(1);
  expect(out).toContain('error case "a chart read for a visit": strict: expected violation, got conforming');
});

test('two policies in one folder are an error', async () => {
  const folder = clinic('two');
  const other = readFileSync(join(folder, '2025-04-01.yaml'), 'utf8').replaceAll(
    'sample-clinic',
    'other-clinic',
  );
  const registers = readFileSync(join(folder, 'registers.yaml'), 'utf8').replace(
    'sample-clinic',
    'other-clinic',
  );
  writeFileSync(
    join(folder, 'other.yaml'),
    other.replace('registers: registers.yaml', 'registers: others.yaml'),
  );
  writeFileSync(join(folder, 'others.yaml'), registers);
  const { code, err } = await run(folder);
  expect(code).toBe(1);
  expect(err).toContain('expected bundles of one policy, got 2 (sample-clinic, other-clinic)');
});

test('a folder without a policy, or a language that is none, cannot be run', async () => {
  const { code, err } = await run(dir);
  expect(code).toBe(2);
  expect(err).toContain('expected a policy file');
  expect((await run(CLINIC, '--lang', 'fr')).code).toBe(2);
});

test('a policy without cases is told so', async () => {
  const folder = clinic('bare');
  rmSync(join(folder, 'cases'), { recursive: true });
  const { code, out } = await run(folder);
  expect(code).toBe(0);
  expect(out).toContain('0 cases run, 0 failed');
  expect(out).toMatch(/warning L16 .*Rules that can be removed without any case failing: purpose_named, /);
});
