// SPDX-License-Identifier: Apache-2.0
// The library of the README: a small policy of another trade, in files that tests may spoil.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const blocks = [...readme.matchAll(/^`([a-z/]+\.(?:yaml|txt))`\n\n```\w+\n([\s\S]*?)^```$/gm)];

/** The files of the example by name, as the README shows them. */
export const EXAMPLE: Record<string, string> = Object.fromEntries(
  blocks.map(([, name, text]) => [name!, text!]),
);
export const [POLICY, RULES, REGISTERS] = ['policy', 'rules', 'registers'].map(
  name => EXAMPLE[`${name}.yaml`]!,
) as [string, string, string];

/** The three files of the policy, in a folder `lib`. */
export const library = (policy = POLICY, rules = RULES, registers = REGISTERS) => [
  { path: 'lib/policy.yaml', text: policy },
  { path: 'lib/rules.yaml', text: rules },
  { path: 'lib/registers.yaml', text: registers },
];
