// SPDX-License-Identifier: Apache-2.0
// `ashiato sign-in`: a fresh address for the page; each works once, for ten minutes.
import { Command } from 'commander';
import { cannotRun } from '../exit.ts';
import { print, printJson } from '../output.ts';
import { callTrail, findTrail, type Where, withWhere } from '../trail-address.ts';

type Options = Where & { role: string; json?: boolean };

export const signInCommand = (): Command =>
  withWhere(
    new Command('sign-in').description(
      'Print an address that signs in to the page once, within ten minutes.',
    ),
  )
    .option('--role <role>', 'viewer, investigator or admin', 'investigator')
    .option('--json', 'print as JSON')
    .action(signIn);

async function signIn(options: Options): Promise<void> {
  const response = await callTrail(options, 'admin', 'api', '/v1/session/codes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role: options.role }),
  });
  const answer = (await response.json()) as { code?: string; detail?: string };
  if (!response.ok)
    throw cannotRun(`the api answered ${response.status}: ${answer.detail ?? 'no reason given'}`);
  const base = options.api ?? findTrail(options).running!.api;
  const address = `${base}/?code=${answer.code}`;
  if (options.json) printJson({ address });
  else print(address);
}
