// SPDX-License-Identifier: Apache-2.0
// `ashiato key new`: keys of a service. The private part goes into a file that only its owner reads; what is public
// is printed as the register of sources wants it.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { newSealKey } from '@ashiato/sdk/seal-key';
import { Command } from 'commander';
import { cannotRun } from '../exit.ts';
import { print, printJson, say } from '../output.ts';

interface Options {
  out: string;
  source?: string;
  pseudonym?: boolean;
  json?: boolean;
}

export function keyCommand(): Command {
  const make = new Command('new')
    .description('Make the key by which a service seals its events, or one for pseudonyms.')
    .requiredOption('--out <file>', 'file for the private key, made with mode 0600; it must not exist')
    .option(
      '--source <prefix>',
      'the sources that the key seals for, such as /billing: all instances of one service',
    )
    .option('--pseudonym', 'a key of 32 random bytes for pseudonyms instead, which has no public part')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Print goes into the policy's registers.yaml, under "sources"; the file into the sdk's sealKeyFile. Whoever has the file
can seal as that service: keep it with its other secrets.`,
    )
    .action(makeKey);
  return new Command('key').description('Keys of the services that record accesses.').addCommand(make);
}

function makeKey(options: Options): void {
  if (options.pseudonym) makePseudonymKey(options);
  else makeSealKey(options);
}

function makePseudonymKey({ out, json }: Options): void {
  keep(out, randomBytes(32));
  if (json) printJson({ file: out });
  else say(`${out}: 32 bytes; give them to the sdk as pseudonymKeys, under the next free key id`);
}

function makeSealKey({ out, source, json }: Options): void {
  if (source === undefined || !/^\/[A-Za-z0-9._:/@+=#~%-]*[^/]$/.test(source))
    throw cannotRun(`--source: expected a prefix such as /billing, got ${source ?? 'none'}`);
  const { privateKey, publicKey } = newSealKey();
  keep(out, privateKey);
  const today = new Date().toISOString().slice(0, 10);
  const entry = { prefix: source, public_key: publicKey, from: today, to: null, known_since: today };
  if (json) {
    printJson({ file: out, ...entry });
    return;
  }
  say(`${out}: the private key; add this to "sources" in the policy's registers.yaml:`);
  const lines = Object.entries(entry).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  print(`  - ${lines.join('\n    ')}`);
}

function keep(path: string, secret: string | Buffer): void {
  try {
    writeFileSync(path, secret, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw cannotRun(
      `${path}: cannot be made; name a file that does not exist, in a folder you may write to`,
      cause,
    );
  }
}
