// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../bundle.ts';
import { compile } from '../compile.ts';
import { bundle, POLICY_FOLDER } from '../event.fixture.ts';
import { loadPolicies } from '../load.ts';
import { allowedFields } from './allowed-fields.ts';
import { jsonSchemaOf, typescriptOf, vocabularyOf } from './generate.ts';

describe('what is committed', () => {
  const again = 'write it again with "ashiato policy generate"';
  it('is what the policy gives now', async () => {
    const held = (name: string) => readFile(join(POLICY_FOLDER, name), 'utf8');
    expect(await held('vocabulary.gen.ts'), again).toBe(typescriptOf(bundle, 'strict'));
    expect(await held('access-event.gen.json'), again).toBe(
      `${JSON.stringify(jsonSchemaOf(bundle), null, 2)}\n`,
    );
  });

  it('does not change when partners and agreements do', () => {
    const registers = { ...bundle.registers, partners: [], agreements: [] };
    expect(typescriptOf(bundleOf(bundle.policy, bundle.rules, registers), 'strict')).toBe(
      typescriptOf(bundle, 'strict'),
    );
  });
});

describe('a policy of another trade', () => {
  it('has a vocabulary of its own', async () => {
    const [clinic] = await loadPolicies(join(POLICY_FOLDER, '../sample-clinic'));
    const { fields, purposes, recipients } = clinic!.policy;
    const text = typescriptOf(clinic!, 'strict');
    for (const { id } of [...fields, ...purposes, ...recipients]) expect(text).toContain(`'${id}'`);
    expect(text).not.toContain('basic.contract_number');
    const inside = allowedFields(clinic!, 'strict').get('none')!;
    expect(inside.size).toBeGreaterThan(2);
    expect([...inside.values()].some(list => list.length < fields.length)).toBe(true);
    expect(jsonSchemaOf(clinic!)).toMatchObject({
      $defs: { purpose: { enum: purposes.map(({ id }) => id) } },
    });
  });
});

describe('allowed fields', () => {
  const allowed = { literal: allowedFields(bundle, 'literal'), strict: allowedFields(bundle, 'strict') };
  const groups = (recipient: string, purpose: string) => {
    const fields = allowed.strict.get(recipient)?.get(purpose) ?? [];
    return [...new Set(fields.map(field => field.split('.')[0]))].join(' ');
  };

  it('are those of the joint-use table, by recipient and purpose', () => {
    const table = bundle.policy.purposes
      .filter(({ kind }) => kind === 'joint')
      .map(({ id, clause }) => {
        const partners = bundle.policy.recipients.filter(({ kind }) => kind === 'joint_user');
        return `${clause} | ${partners.map(partner => groups(partner.id, id) || '-').join(' | ')}`;
      });
    expect(table).toEqual([
      'C3-J1 | - | basic supply_point | basic supply_point | -',
      'C3-J2 | basic supply_point | basic supply_point | basic supply_point | -',
      'C3-J3 | basic supply_point | basic supply_point | basic supply_point | -',
      'C3-J4 | - | basic supply_point | - | -',
      'C3-J5 | - | basic negawatt | basic negawatt | basic negawatt',
      'C3-J6 | basic supply_point | basic supply_point | - | -',
    ]);
  });

  it('leave out what a purpose does not need, in the strict reading alone', () => {
    const inside = (mode: 'literal' | 'strict') => new Set(allowed[mode].get('none')!.get('billing'));
    expect([...inside('literal')].filter(field => !inside('strict').has(field))).toEqual([
      'customer.age',
      'customer.birth_date',
    ]);
  });

  it('conform and no other, where a registered partner receives them under an agreement', () => {
    const judge = compile([bundle]);
    const { partners, agreements } = bundle.registers;
    const refs = Object.fromEntries(bundle.policy.references.map(({ id }) => [id, 'R-1']));
    let tried = 0;
    for (const { id, recipient: category, areas } of partners) {
      const agreement = agreements.find(one => one.partner === id && one.nda && one.to !== '2025-10-01')?.id;
      if (!agreement && bundle.policy.recipients.find(one => one.id === category)!.kind.endsWith('entrustee'))
        continue;
      for (const { id: purpose, requires_parent } of bundle.policy.purposes) {
        if (requires_parent) continue;
        const conforming = bundle.policy.fields.filter(field => {
          const data = {
            operation: 'provide',
            purpose,
            business: 'electricity',
            fields: [field.id],
            channel: 'mail',
            population: { count: 100 },
            recipient: { category, id, area: areas[0] },
            refs: { ...refs, agreement },
          };
          return judge.evaluate({ time: '2026-06-02T10:00:00+09:00', data }).strict === 'conforming';
        });
        expect(conforming.map(field => field.id)).toEqual(allowed.strict.get(category)!.get(purpose) ?? []);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(200);
  });

  it('are in the plain data too', () => {
    expect(vocabularyOf(bundle, 'strict').allowed.none!.billing).toEqual(
      allowed.strict.get('none')!.get('billing'),
    );
  });
});

describe('the compiler', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))));

  /** Compiles calls of a function that takes an access, and answers the lines of the calls that failed, with why. */
  async function failures(calls: readonly string[]): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), 'ashiato-types-'));
    folders.push(folder);
    const head = `import type { Vocabulary } from '${join(POLICY_FOLDER, 'vocabulary.gen.ts')}';
import type { AccessWords, AllowedField, CheckedAccess } from '${join(import.meta.dirname, 'checked-access.ts')}';
declare function record<const A extends AccessWords<Vocabulary>>(access: CheckedAccess<Vocabulary, A>): void;
declare const some: AllowedField<Vocabulary, 'billing'>[];
`;
    await writeFile(join(folder, 'calls.ts'), `${head}${calls.map(call => `record(${call});`).join('\n')}\n`);
    const tsc = join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--pretty',
      'false',
    ];
    const modules = ['--target', 'es2024', '--module', 'nodenext', '--allowImportingTsExtensions'];
    const run = promisify(execFile)(process.execPath, [
      tsc,
      ...options,
      ...modules,
      join(folder, 'calls.ts'),
    ]);
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const lines = head.split('\n').length - 1;
    return [...stdout.matchAll(/calls\.ts\((\d+),\d+\): error TS\d+: ([^\n]*)/g)].map(
      ([, line, why]) => `${Number(line) - lines - 1}: ${why}`,
    );
  }

  it('takes what the policy allows', async () => {
    const calls = [
      `{ operation: 'use', purpose: 'billing', business: 'electricity', fields: ['basic.name', 'customer.power_usage'], refs: { contract: 'C-1' } }`,
      `{ operation: 'use', purpose: 'billing', fields: some, actor: { id: 'E-1', type: 'user' } }`,
      `{ operation: 'use', purpose: 'incidental', parent_purpose: 'billing', fields: ['basic.name'] }`,
      `{ operation: 'provide', purpose: 'negawatt_trading', fields: ['negawatt.baseline'], recipient: { category: 'occto', id: 'occto' } }`,
      `{ operation: 'collect', purpose: 'billing', fields: ['customer.age'] }`,
      `{ operation: 'use', form: 'statistical', purpose: 'billing', fields: ['customer.age'] }`,
    ];
    expect(await failures(calls)).toEqual([]);
  });

  it('refuses any other field, and says for which purpose and recipient, by which clause', async () => {
    const calls = [
      `{ operation: 'use', purpose: 'billing', business: 'electricity', fields: ['basic.name', 'customer.age'] }`,
      `{ operation: 'provide', purpose: 'switching_termination', fields: ['customer.power_usage'], recipient: { category: 'retail_electricity_supplier' } }`,
      `{ operation: 'provide', purpose: 'billing', fields: ['basic.name'], recipient: { category: 'affiliate' } }`,
      `{ operation: 'use', purpose: 'incidental', parent_purpose: 'billing', fields: ['customer.age'] }`,
      `{ operation: 'use', purpose: 'incidental', fields: ['basic.name'] }`,
      `{ operation: 'use', purpose: 'selling', fields: ['basic.name'] }`,
      `{ operation: 'use', purpose: 'billing', fields: ['basic.nmae'] }`,
      `{ operation: 'use', purpose: 'equipment_management', fields: some }`,
    ];
    const found = await failures(calls);
    expect(found).toEqual([
      `0: Type '"customer.age"' is not assignable to type '"basic.name" | "customer.age is not allowed for billing (C2-P03, strict reading)"'.`,
      `1: Type '"customer.power_usage"' is not assignable to type '"customer.power_usage is not allowed for switching_termination with retail_electricity_supplier (C3-J2, C3-R1, strict reading)"'.`,
      `2: Type '"basic.name"' is not assignable to type '"basic.name is not allowed for billing with affiliate (C2-P03, no clause, strict reading)"'.`,
      `3: Type '"customer.age"' is not assignable to type '"customer.age is not allowed for billing (C2-P03, strict reading)"'.`,
      expect.stringMatching(/^4: .*\{ parent_purpose: Purpose; \}/),
      `5: Type '"selling"' is not assignable to type 'Purpose'.`,
      `6: Type '"basic.nmae"' is not assignable to type 'Field'. Did you mean '"basic.name"'?`,
      expect.stringContaining('customer.power_usage'),
    ]);
  });
});
