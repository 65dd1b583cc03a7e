// SPDX-License-Identifier: Apache-2.0
// The only input of this room: reads policy folders. Behind a door of its own (`@ashiato/policy/load`).
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PolicyBundle } from './bundle.ts';
import { type Cases, parseCases } from './cases.ts';
import { PolicyError } from './errors.ts';
import { formatOf, parsePolicies } from './parse-policy.ts';
import type { Source } from './read-document.ts';

const POLICIES = join(import.meta.dirname, '../policies');

/** Folder of the policy that comes along; `policies/shipped.txt` names it. */
export const shippedPolicy = (): string =>
  join(POLICIES, readFileSync(join(POLICIES, 'shipped.txt'), 'utf8').trim());

/**
 * Reads every version in a folder: each `*.yaml` of format ashiato.policy/1 with the files it names. Folders below
 * are not read. Services load by this alone, so none starts on a policy with errors. Throws `PolicyError` UNREADABLE
 * where the folder cannot be read or holds no policy, and what `parsePolicies` throws.
 */
export async function loadPolicies(folder: string): Promise<PolicyBundle[]> {
  const sources = await readSources(folder);
  if (!sources.some(({ text }) => formatOf(text) === 'ashiato.policy/1'))
    throw new PolicyError('UNREADABLE', `expected a policy file in ${folder}, got none`);
  return parsePolicies(sources);
}

/**
 * Reads the cases beside a policy: `cases/*.yaml`, and the golden files there by name. A policy without that folder
 * has none. Throws `PolicyError` UNREADABLE, and INVALID as `parseCases` does.
 */
export async function loadCases(folder: string): Promise<Cases & { golden: Map<string, string> }> {
  const place = join(folder, 'cases');
  if (!existsSync(place)) return { cases: [], tables: [], golden: new Map() };
  const golden = await readSources(place, '.golden.txt');
  return {
    ...parseCases(await readSources(place)),
    golden: new Map(golden.map(({ path, text }) => [basename(path), text])),
  };
}

async function readSources(folder: string, ending = '.yaml'): Promise<Source[]> {
  try {
    const names = (await readdir(folder)).filter(name => name.endsWith(ending)).sort();
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
