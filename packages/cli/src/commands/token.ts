// SPDX-License-Identifier: Apache-2.0
// `ashiato token`: access tokens of a trail, in its data folder; a running trail sees each change at once.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTokens, ROLES, type Role, type Tokens } from '@ashiato/auth';
import { Command, Option } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print, printJson, say, table } from '../output.ts';
import { findTrail } from '../trail-address.ts';

interface Where {
  dataDir?: string;
  json?: boolean;
}

interface NewOptions extends Where {
  role: Role;
  label: string;
  out: string;
  sourcePrefix?: string;
  who?: string;
  days?: string;
}

export function tokenCommand(): Command {
  const make = subcommand('new', 'Make an access token, into a file that only its owner reads.')
    .addOption(new Option('--role <role>', 'what it is for').choices(ROLES).makeOptionMandatory())
    .requiredOption('--label <text>', 'why it is there, for those who look later; no personal data')
    .requiredOption('--out <file>', 'file for the token, made with mode 0600; it must not exist')
    .option('--source-prefix <prefix>', 'emitter: only for sources that begin so, such as /services/crm/')
    .option('--who <ref>', 'regulator: whose extracts; subject: whose statement')
    .option('--days <number>', 'how long it works; without an end when absent')
    .action(makeToken);
  const list = subcommand('list', 'List the tokens, oldest first; never their text.').action(listTokens);
  const revoke = subcommand('revoke', 'Make a token worthless, at once.')
    .argument('<id>', 'id of the token, from the list')
    .action(revokeToken);
  return new Command('token')
    .description('Access tokens of a trail.')
    .addCommand(make)
    .addCommand(list)
    .addCommand(revoke);
}

const subcommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--data-dir <dir>', 'data folder of the trail (default: as for every command)')
    .option('--json', 'print as JSON');

function tokensOf(where: Where): Tokens {
  const { dir, running } = findTrail(where);
  return openTokens(running?.tokens ?? join(dir, 'tokens'));
}

function makeToken(options: NewOptions): void {
  const { role, label, out, sourcePrefix, who, days } = options;
  const tokens = tokensOf(options);
  // First the file: a token that nobody could be given is none.
  keep(out, '');
  try {
    const scope = { source_prefix: sourcePrefix, who };
    const expires = days === undefined ? {} : { expires: endOf(days) };
    const { id, token } = tokens.issue({ role, label, scope, ...expires });
    writeFileSync(out, `${token}\n`);
    if (options.json) printJson({ id, file: out, role });
    else say(`${out}: a token of the role ${role}, with the id ${id}`);
  } catch (cause) {
    rmSync(out, { force: true });
    throw cause;
  }
}

function endOf(days: string): Date {
  if (!/^[1-9]\d{0,4}$/.test(days)) throw cannotRun(`--days: expected a whole number from 1, got ${days}`);
  return new Date(Date.now() + Number(days) * 86_400_000);
}

function listTokens(options: Where): void {
  const entries = tokensOf(options).list();
  if (options.json) {
    printJson(entries);
    return;
  }
  const rows = entries.map(({ id, role, scope, label, expires, revoked }) => [
    id,
    role,
    scope.source_prefix ?? scope.who ?? '',
    revoked === null ? (expires ?? '') : 'revoked',
    label,
  ]);
  print(table(['id', 'role', 'scope', 'until', 'label'], rows));
}

function revokeToken(id: string, options: Where): void {
  const outcome = tokensOf(options).revoke(id);
  if (outcome === 'unknown')
    throw new CommandEnd(1, `there is no token with the id ${id}; "token list" shows them`);
  if (options.json) printJson({ id, outcome });
  else say(`${id}: ${outcome}`);
}

function keep(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw cannotRun(
      `${path}: cannot be made; name a file that does not exist, in a folder you may write to`,
      cause,
    );
  }
}
