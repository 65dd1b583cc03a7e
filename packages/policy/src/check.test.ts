// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleOf } from './bundle.ts';
import { check } from './check.ts';
import { POLICIES } from './policies.fixture.ts';

const policyNamed = (name: string) => POLICIES.find(one => one.name === name)!;
const first = policyNamed('astmax-energy');
const clinic = policyNamed('sample-clinic');
const sourceOf = async ({ folder }: { folder: string }) => readFile(join(folder, 'source.ja.txt'));

describe('a policy that comes along', () => {
  it.each([
    [
      'astmax-energy',
      57,
      59,
      163,
      ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9', 'L10', 'L11', 'L12'],
    ],
    ['sample-clinic', 27, 20, 42, ['L10']],
    ['retail-template', 18, 16, 25, ['L3', 'L4', 'L8']],
  ])('%s has no error and exactly the findings that fit it', (name, rules, clauses, run, ids) => {
    const { bundles, beside } = policyNamed(name);
    const report = check(bundles, beside);
    expect(report.policies).toMatchObject([{ id: name, rules, clauses }]);
    expect(report.policies[0]!.findings.map(({ id }) => id)).toEqual(ids);
    expect(report.cases).toEqual({ run, failed: [] });
    expect(report.golden.map(({ state }) => state)).toEqual(report.golden.map(() => 'as_pinned'));
    expect(report.source).toBeNull();
  });
});

describe('cases', () => {
  it('that fail, golden files that differ or are missing, and rules without a case are told', () => {
    const cases = first.beside.cases
      .slice(0, 1)
      .map(one => ({ ...one, expected: { ...one.expected, codes: ['x'] } }));
    const golden = new Map([['reasons.golden.txt', 'other']]);
    const report = check(first.bundles, { ...first.beside, cases, golden });
    expect(report.cases.failed).toEqual([{ name: cases[0]!.name, misses: ['no finding x'] }]);
    expect(report.golden.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'reasons.golden.txt differs',
      'joint-use.golden.txt missing',
      'own-use.golden.txt missing',
    ]);
    const undefended = report.policies[0]!.findings.at(-1)!;
    expect(undefended.id).toBe('L16');
    expect(undefended.about).toHaveLength(57);
  });

  it('of one version do not defend the rows of another', () => {
    const { policy, rules, registers } = clinic.bundle;
    const next = bundleOf({ ...policy, version: '2030', effective_from: '2030-01-01' }, rules, registers);
    const [, later] = check([next, clinic.bundle], clinic.beside).policies;
    expect(later!.version).toBe('2030');
    expect(later!.findings.find(({ id }) => id === 'L16')!.about).toHaveLength(27);
  });
});

describe('the published text', () => {
  it.each(['sample-clinic', 'retail-template'])('of %s is verified by hash and lines', async name => {
    const { bundles, bundle, beside, folder } = policyNamed(name);
    const { source } = check(bundles, beside, { path: 'text', bytes: await sourceOf({ folder }) });
    const { length: clauses } = bundle.policy.clauses;
    expect(source).toMatchObject({ sha256: bundle.source_sha256, errors: [] });
    expect(source!.verified).toEqual([
      { version: bundle.version, clauses, rules: bundle.rules.rules.length },
    ]);
  });

  it('that is another, or shorter than what is cited, is told with hash and lines', async () => {
    const lines = (await sourceOf(clinic)).toString().split('\n');
    const bytes = Buffer.from(
      lines
        .map((line, at) => (at === 5 ? ' ' : line))
        .slice(0, 30)
        .join('\n'),
    );
    const { errors, verified, sha256 } = check(clinic.bundles, clinic.beside, { path: 'text', bytes })
      .source!;
    expect(verified).toEqual([]);
    expect(errors).toEqual(
      expect.arrayContaining([
        `text: expected the text of sample-clinic 2025-04-01 with SHA-256 ${clinic.bundle.source_sha256}, found SHA-256 ${sha256}`,
        'text: expected 35 lines, found 30',
        'text:6: expected text for clause K1, found nothing on lines 6 to 6',
        'text:33: expected lines 33 to 33 for clause K8, found 30 lines',
        'text:33: expected lines 33 to 33 for rule changed_unasked, found 30 lines',
      ]),
    );
  });

  it('must hold the footnotes where the policy sees them', async () => {
    const template = policyNamed('retail-template');
    const text = (await sourceOf(template)).toString().replace('※2', '※9');
    const { errors } = check(template.bundles, template.beside, { path: 'text', bytes: Buffer.from(text) })
      .source!;
    expect(errors.slice(1)).toEqual(['text:4: expected the mark ※2, found none']);
  });

  it('need be that of one version only', async () => {
    const { policy, rules, registers } = clinic.bundle;
    const source = { ...policy.source, sha256: '0'.repeat(64) };
    const next = bundleOf(
      { ...policy, version: '2030', effective_from: '2030-01-01', source },
      rules,
      registers,
    );
    const bytes = await sourceOf(clinic);
    const report = check([clinic.bundle, next], clinic.beside, { path: 'text', bytes });
    expect(report.source).toMatchObject({ errors: [], verified: [{ version: '2025-04-01' }] });
  });
});
