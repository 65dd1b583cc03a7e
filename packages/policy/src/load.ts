// SPDX-License-Identifier: Apache-2.0
// The only input of this room: reads policy folders. Behind a door of its own (`@ashiato/policy/load`).
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyBundle } from './bundle.ts';
import { PolicyError } from './errors.ts';
import { formatOf, parsePolicy } from './parse-policy.ts';

const POLICIES = join(import.meta.dirname, '../policies');

/** Folder of the policy that comes along; `policies/shipped.txt` names it. */
export const shippedPolicy = (): string =>
  join(POLICIES, readFileSync(join(POLICIES, 'shipped.txt'), 'utf8').trim());

/**
 * Reads every version in a folder: each `*.yaml` of format ashiato.policy/1 with the files it names. Folders below
 * are not read. Throws `PolicyError` UNREADABLE where the folder cannot be read or holds no policy, and what
 * `parsePolicy` throws.
 */
export async function loadPolicies(folder: string): Promise<PolicyBundle[]> {
  const sources = await readSources(folder);
  const policies = sources.filter(({ text }) => formatOf(text) === 'ashiato.policy/1');
  if (policies.length === 0)
    throw new PolicyError('UNREADABLE', `expected a policy file in ${folder}, got none`);
  const others = sources.filter(source => !policies.includes(source));
  return policies.map(policy => parsePolicy([policy, ...others]));
}

async function readSources(folder: string): Promise<{ path: string; text: string }[]> {
  try {
    const names = (await readdir(folder)).filter(name => name.endsWith('.yaml')).sort();
    return await Promise.all(
      names.map(async name => ({
        path: join(folder, name),
        text: await readFile(join(folder, name), 'utf8'),
      })),
    );
  } catch (cause) {
    throw new PolicyError('UNREADABLE', `cannot read the policy folder ${folder}; check path and rights`, {
      cause,
    });
  }
}
