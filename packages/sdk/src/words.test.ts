// SPDX-License-Identifier: Apache-2.0
// What the compiler says of calls on a trail that is typed by the policy's vocabulary.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const ROOM = join(import.meta.dirname, '..');
const folders: string[] = [];
afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))));

const HEAD = `import { createTrail, type AccessRecord } from '@ashiato/sdk';
import type { Vocabulary } from '@ashiato/policy/astmax-energy';
declare const options: Parameters<typeof createTrail>[0];
declare const purpose: Vocabulary['purpose'];
declare const whole: AccessRecord;
const trail = createTrail<Vocabulary>(options);
const loose = createTrail(options);
`;

/** Compiles the lines, and answers the numbers of those that failed, with why. */
async function failures(lines: readonly string[]): Promise<string[]> {
  // Inside the room, so that names of packages mean what they mean to its code.
  const folder = await mkdtemp(join(ROOM, 'node_modules', '.words-'));
  folders.push(folder);
  await writeFile(join(folder, 'calls.ts'), `${HEAD}${lines.join('\n')}\n`);
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOM, '../../tsconfig.base.json'),
      compilerOptions: {
        composite: false,
        emitDeclarationOnly: false,
        noEmit: true,
        rootDir: join(ROOM, '..'),
      },
      include: ['calls.ts'],
    }),
  );
  const tsc = join(ROOM, '../../node_modules/typescript/bin/tsc');
  const command = [tsc, '-p', folder, '--pretty', 'false'];
  const { stdout } = await promisify(execFile)(process.execPath, command).catch(
    (cause: { stdout: string }) => cause,
  );
  const before = HEAD.split('\n').length - 1;
  return stdout
    .split(/\n(?! )/)
    .filter(found => found !== '')
    .map(found => {
      const at = /calls\.ts\((\d+),\d+\): error TS\d+: (.*)/s.exec(found);
      return at ? `${Number(at[1]) - before - 1}: ${at[2]!.split('\n').at(-1)!.trim()}` : found;
    });
}

test('what the policy allows compiles', async () => {
  const calls = [
    `trail.record({ operation: 'use', purpose: 'billing', business: 'electricity', fields: ['basic.name'], actor: { id: 'E-1', type: 'user' }, subject: { ref: 'K-1' } });`,
    `trail.record({ operation: 'use', purpose: 'billing', fields: ['basic.name', 'customer.power_usage'], subjects: ['K-1', 'K-2'] });`,
    `trail.record({ operation: 'use', fields: ['customer.age'] });`,
    `trail.record({ operation: 'use', purpose, fields: ['basic.name'], parent_purpose: 'billing' });`,
    `const rows: Promise<number[]> = trail.access({ operation: 'use', purpose: 'billing', fields: ['basic.name'] }, () => [1]);`,
    `const found: Promise<string[]> = trail.accessFound(() => ['K-1'], refs => ({ operation: 'use', purpose: 'billing', fields: ['basic.name'], subjects: refs }));`,
    `trail.withActor({ actor: { id: 'E-1', type: 'user' }, purpose: 'billing', refs: { ticket: 'T-1' } }, desk => desk.record({ operation: 'use', fields: ['basic.name'] }));`,
    `trail.withActor({ purpose: 'incidental' }, desk => desk.withActor({ parent_purpose: 'billing' }, inner => inner.record({ operation: 'use', fields: ['basic.name'] })));`,
    `trail.withActor({ purpose: 'billing' }, desk => desk.record({ operation: 'use', purpose: 'contract_conclusion', fields: ['customer.age'] }));`,
    `loose.record({ operation: 'use', purpose: 'any_purpose', fields: ['any.field'], recipient: { category: 'anyone' } });`,
    `loose.record(whole);`,
    `loose.withActor({ purpose: 'any_purpose' }, desk => desk.record({ operation: 'use', fields: ['any.field'] }));`,
  ];
  expect(await failures(calls)).toEqual([]);
});

test('anything else does not, and the message says why', async () => {
  const calls = [
    `trail.record({ operation: 'use', purpose: 'billing', fields: ['basic.name', 'customer.age'] });`,
    `trail.record({ operation: 'use', purpose: 'billing', fields: ['basic.nmae'] });`,
    `trail.record({ operation: 'use', purpose: 'selling', fields: ['basic.name'] });`,
    `trail.record({ operation: 'provide', purpose: 'billing', fields: ['basic.name'], recipient: { category: 'affiliat' } });`,
    `trail.record({ operation: 'provide', purpose: 'switching_termination', fields: ['customer.power_usage'], recipient: { category: 'retail_electricity_supplier' } });`,
    `trail.record({ operation: 'use', purpose: 'incidental', fields: ['basic.name'] });`,
    `trail.record({ operation: 'use', purpose: 'billing', fields: ['basic.name'], porpose: 'billing' });`,
    `trail.access({ operation: 'use', purpose: 'billing', fields: ['customer.age'] }, () => 1);`,
    `trail.accessFound(() => 1, () => ({ operation: 'use', purpose: 'billing', fields: ['customer.age'] }));`,
    `trail.withActor({ purpose: 'selling' }, () => 1);`,
    `trail.withActor({ porpose: 'billing' }, () => 1);`,
    `trail.withActor({ purpose: 'billing' }, desk => desk.record({ operation: 'use', fields: ['customer.age'] }));`,
    `trail.withActor({ purpose: 'incidental', parent_purpose: 'billing' }, desk => desk.access({ operation: 'use', fields: ['customer.age'] }, () => 1));`,
    `loose.record({ operation: 'look', fields: ['any.field'] });`,
    `loose.record({ operation: 'use', fields: ['any.field'], memo: 'x' });`,
  ];
  expect(await failures(calls)).toMatchInlineSnapshot(`
    [
      "0: Type '"customer.age"' is not assignable to type '"basic.name" | "customer.age is not allowed for billing (C2-P03, strict reading)"'.",
      "1: Type '"basic.nmae"' is not assignable to type 'Field'. Did you mean '"basic.name"'?",
      "2: Type '"selling"' is not assignable to type 'Purpose | undefined'.",
      "3: Type '"affiliat"' is not assignable to type 'Recipient'. Did you mean '"affiliate"'?",
      "4: Type '"customer.power_usage"' is not assignable to type '"customer.power_usage is not allowed for switching_termination with retail_electricity_supplier (C3-J2, C3-R1, strict reading)"'.",
      "5: Property 'parent_purpose' is missing in type '{ operation: "use"; purpose: "incidental"; fields: ["basic.name"]; }' but required in type 'Omit<Omit<unknown, "fields" | "operation" | "purpose"> & { readonly operation: "use"; readonly purpose: "incidental"; readonly fields: readonly ["basic.name"]; } & { parent_purpose: Purpose; }, never>'.",
      "6: Type '"billing"' is not assignable to type '"no member of an access has this name"'.",
      "7: Type '"customer.age"' is not assignable to type '"customer.age is not allowed for billing (C2-P03, strict reading)"'.",
      "8: Type '"customer.age"' is not assignable to type '"customer.age is not allowed for billing (C2-P03, strict reading)"'.",
      "9: Type '"selling"' is not assignable to type 'Purpose | undefined'.",
      "10: Object literal may only specify known properties, but 'porpose' does not exist in type 'ActorContext<Vocabulary>'. Did you mean to write 'purpose'?",
      "11: Type '"customer.age"' is not assignable to type '"customer.age is not allowed for billing (C2-P03, strict reading)"'.",
      "12: Type '"customer.age"' is not assignable to type '"customer.age is not allowed for billing (C2-P03, strict reading)"'.",
      "13: Type '"look"' is not assignable to type '"collect" | "erase" | "provide" | "receive" | "update" | "use"'.",
      "14: Type '"x"' is not assignable to type '"no member of an access has this name"'.",
    ]
  `);
});
