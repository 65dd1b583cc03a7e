// SPDX-License-Identifier: Apache-2.0
// `ashiato policy generate`: what those who write events are given of a policy, for their compiler or their language.
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchemaOf, typescriptOf, vocabularyOf } from '@ashiato/policy/generate';
import { loadVersion, shippedPolicy } from '@ashiato/policy/load';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print, say } from '../output.ts';

interface Options {
  policy?: string;
  mode: string;
  out?: string;
  check?: string;
  json?: boolean;
}

export function policyGenerateCommand(): Command {
  return new Command('generate')
    .description(
      "Write a policy's vocabulary: types for TypeScript, or JSON Schema of the access event for other languages.",
    )
    .argument('<what>', 'typescript or json-schema')
    .option('--policy <policy>', 'a folder, folder@version, file or id (default: the one that comes along)')
    .option('--mode <mode>', 'reading by which a field is allowed for a purpose: strict or literal', 'strict')
    .option('--out <file>', 'write there instead of standard output')
    .option('--check <file>', 'write nothing; 1 when the file is not what would be written')
    .option('--json', 'print the vocabulary as plain data, for generators of your own')
    .addHelpText(
      'after',
      `
Of a folder the version that comes into force last. In the strict reading a field is allowed where an access conforms
when everything else is as the policy wants it; with --mode literal also what strict leaves open. Partners and agreements
in the registers do not matter. The TypeScript file holds types alone; CheckedAccess of @ashiato/policy/vocabulary
makes a field that is not allowed fail to compile.`,
    )
    .action(generate);
}

async function generate(what: string, { policy, mode, out, check, json }: Options): Promise<void> {
  if (what !== 'typescript' && what !== 'json-schema')
    throw cannotRun(`expected typescript or json-schema, got ${what}`);
  if (mode !== 'literal' && mode !== 'strict')
    throw cannotRun(`--mode: expected literal or strict, got ${mode}`);
  const bundle = await loadVersion(policy ?? shippedPolicy());
  const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const text = json
    ? asJson(vocabularyOf(bundle, mode))
    : what === 'typescript'
      ? typescriptOf(bundle, mode)
      : asJson(jsonSchemaOf(bundle));
  if (check !== undefined) return compare(check, text);
  if (out === undefined) return print(text);
  try {
    writeFileSync(out, text);
  } catch (cause) {
    throw cannotRun(`${out}: cannot be written`, cause);
  }
}

function compare(path: string, text: string): void {
  let held: string;
  try {
    held = readFileSync(path, 'utf8');
  } catch (cause) {
    throw cannotRun(`${path}: cannot be read`, cause);
  }
  if (held !== text)
    throw new CommandEnd(1, `${path} is not what the policy gives now; write it again with --out`);
  say(`${path}: up to date`);
}
