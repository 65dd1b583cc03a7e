// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { PolicyError } from './errors.ts';
import { library, POLICY, REGISTERS, RULES } from './example.fixture.ts';
import { loadPolicies, loadVersion, shippedPolicy } from './load.ts';
import { parsePolicy } from './parse-policy.ts';

function failure(step: () => unknown): PolicyError {
  try {
    step();
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('expected a PolicyError, got none');
}
const places = (error: PolicyError) =>
  error.problems.map(({ path, line, at, expected, found }) => `${path}:${line} ${at}: ${expected}; ${found}`);

describe('a policy of another trade', () => {
  it('judges by its own words alone', () => {
    const judge = compile([parsePolicy(library())]);
    const outcome = (data: object, time = '2025-03-30T00:00:00Z') => {
      const { strict, findings } = judge.evaluate({ time, data });
      return `${strict} ${findings.map(({ code, about }) => `${code} ${about}`).join()}`;
    };
    const lending = { operation: 'use', purpose: 'lending', refs: { loan: 'L-7' } };
    expect(outcome({ ...lending, fields: ['reader.card'] })).toBe('conforming lent reader');
    expect(outcome({ ...lending, fields: ['basic.name'] })).toBe(
      'undetermined no_rule operation|purpose|recipient',
    );
    expect(outcome({ ...lending, fields: ['reader.card', 'basic.name'] })).toBe(
      'undetermined lent reader,no_rule basic.name',
    );
    expect(outcome({ ...lending, fields: [] })).toBe('conforming lent fields');
    expect(outcome({ ...lending, fields: [] }, '2025-03-29T23:59:59Z')).toBe(
      'undetermined no_policy_in_force time',
    );
  });
});

describe('hashes', () => {
  const hashes = (...files: Parameters<typeof library>) => {
    const { sha256, rules_sha256, registers_sha256 } = parsePolicy(library(...files));
    return [sha256, rules_sha256, registers_sha256];
  };
  const [all, rules, registers] = hashes();

  it('do not depend on layout, comments or order of members', () => {
    const other = `# words\nsample:   true\n${REGISTERS.replace('sample: true\n', '')}`;
    expect(hashes(POLICY, RULES, other)).toEqual([all, rules, registers]);
  });

  it('change with what they name, and with nothing else', () => {
    const changed = hashes(POLICY, RULES, REGISTERS.replace('true', 'false'));
    expect(changed[0]).not.toBe(all);
    expect(changed[1]).toBe(rules);
    expect(changed[2]).not.toBe(registers);
    const reworded = hashes(POLICY, RULES.replace('en: Used', 'en: Given'));
    expect(reworded[0]).not.toBe(all);
    expect(reworded[1]).not.toBe(rules);
    expect(reworded[2]).toBe(registers);
  });
});

describe('a wrong policy', () => {
  it('is told with every problem of every file at once, each with its line', () => {
    const policy = POLICY.replace('kind: service', 'kind: 5').replace('lines: 2 }', 'lines: 0 }');
    const rules = RULES.replace('code: lent', 'code: Lent').replace(
      'purpose: [service]',
      'porpose: [service]',
    );
    const error = failure(() => parsePolicy(library(policy, rules, REGISTERS.replace('12', 'yearly'))));
    expect(error.code).toBe('INVALID');
    expect(places(error)).toEqual([
      'lib/policy.yaml:8 source.lines: Too small: expected number to be >=1; 0',
      'lib/policy.yaml:18 purposes.0.kind: string; 5',
      'lib/rules.yaml:8 rules.0.code: a code in snake case; "Lent"',
      'lib/rules.yaml:8 rules.0.when.porpose: no such member; "porpose"',
      'lib/registers.yaml:4 supervision_cycle_months: number; "yearly"',
    ]);
    expect(error.message).toContain('lib/rules.yaml:8:');
  });

  it.each([
    [
      'a clause that is not declared',
      POLICY.replace('clause: L1, kind', 'clause: L3, kind'),
      'purposes.0.clause: a declared clause; "L3"',
    ],
    [
      'a field outside the groups',
      POLICY.replace('id: reader.card', 'id: loan.card'),
      'fields.1.id: a declared group; "loan"',
    ],
    [
      'a line beyond the source',
      POLICY.replace('[1, 1]', '[1, 12]'),
      'clauses.0.lines: lines within 1 to 2; 1 to 12',
    ],
    [
      'a prefix that is not declared',
      POLICY.replace('"ext:card"', '"pd:card"'),
      'fields.1.dpv: a declared prefix; "pd"',
    ],
    [
      'a reference that is not declared',
      POLICY.replace('references: [loan]', 'references: [gift]'),
      'purposes.0.needs.references.0: a declared reference; "gift"',
    ],
  ])('with %s', (_, policy, expected) => {
    expect(places(failure(() => parsePolicy(library(policy)))).join()).toContain(expected);
  });

  it.each([
    [
      'an unknown purpose',
      'purpose: [service]',
      'purpose: [selling]',
      'rules.0.when.purpose: a declared purpose or word; "selling"',
    ],
    ['an unknown family', 'family: all', 'family: some', 'rules.0.family: a declared family; "some"'],
    [
      'no remedy',
      'literal: conforming, strict: conforming',
      'literal: violation',
      'rules.0: remedy_ja and remedy_en; no remedy',
    ],
    [
      'nothing to be about',
      'field: [reader] }, about: fields',
      'refs_any: [loan] }',
      'rules.0: about, or a condition on field or need; neither',
    ],
    ['the code of a fallback', 'code: lent', 'code: no_rule', 'an id that was not used before; "no_rule"'],
    ['a member twice', 'code: lent', 'code: lent, code: lent', 'Map keys must be unique'],
  ])('with a row of %s', (_, from, to, expected) => {
    expect(places(failure(() => parsePolicy(library(POLICY, RULES.replace(from, to))))).join()).toContain(
      expected,
    );
  });

  it('whose registers belong to another policy, or whose files are missing', () => {
    const other = failure(() =>
      parsePolicy(library(POLICY, RULES, REGISTERS.replace('town-library', 'other'))),
    );
    expect(places(other)).toEqual(['lib/registers.yaml:2 policy: "town-library"; "other"']);
    expect(places(failure(() => parsePolicy(library().slice(0, 1))))).toEqual([
      'lib/policy.yaml:9 rules: the name of a file beside this one; rules.yaml, which is not there',
      'lib/policy.yaml:10 registers: the name of a file beside this one; registers.yaml, which is not there',
    ]);
    expect(failure(() => parsePolicy([])).code).toBe('MISMATCH');
  });
});

describe('a folder', () => {
  const folders: string[] = [];
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'ashiato-policy-'));
    folders.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(folders.splice(0).map(made => rm(made, { recursive: true })));
  });

  it('gives every version in it', async () => {
    const made = await folder();
    for (const { path, text } of library()) await writeFile(join(made, path.slice(4)), text);
    await writeFile(
      join(made, 'next.yaml'),
      POLICY.replace('version: "1"', 'version: "2"').replace('2025', '2026'),
    );
    const bundles = await loadPolicies(made);
    expect(bundles.map(({ version, effective_from }) => `${version} ${effective_from}`).sort()).toEqual([
      '1 2025-03-30T00:00:00+00:00',
      '2 2026-03-30T00:00:00+01:00',
    ]);
  });

  it('gives one version by name', async () => {
    const made = await folder();
    for (const { path, text } of library()) await writeFile(join(made, path.slice(4)), text);
    const next = POLICY.replace('version: "1"', 'version: "2"').replace('2025', '2026');
    await writeFile(join(made, 'next.yaml'), next);
    const named = async (name: string) => (await loadVersion(name)).version;
    expect(await named(made)).toBe('2');
    expect(await named(`${made}@1`)).toBe('1');
    expect(await named(join(made, 'policy.yaml'))).toBe('1');
    const [shipped] = await loadPolicies(shippedPolicy());
    expect(await loadVersion(shipped!.id)).toEqual(shipped);
    expect(await named(`${shipped!.id}@${shipped!.version}`)).toBe(shipped!.version);
    await expect(loadVersion(`${made}@3`)).rejects.toThrow(`got 3; it holds`);
    for (const name of ['', 'nobody', `${made}/rules.yaml`, `${made}/gone.yaml`]) {
      await expect(loadVersion(name), name).rejects.toMatchObject({ code: 'UNREADABLE' });
    }
  });

  it('that holds no policy, or is not there, is refused', async () => {
    const made = await folder();
    await expect(loadPolicies(made)).rejects.toMatchObject({ code: 'UNREADABLE' });
    await expect(loadPolicies(join(made, 'nowhere'))).rejects.toMatchObject({ code: 'UNREADABLE' });
  });
});
