// SPDX-License-Identifier: Apache-2.0
// The only input of this room: reads policy folders. Behind a door of its own (`@ashiato/policy/load`).
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PolicyBundle } from './bundle.ts';
import { type Cases, parseCases } from './cases.ts';
import { PolicyError } from './errors.ts';
import { formatOf, parsePolicy } from './parse-policy.ts';
import { bundlesIn, readCaseSources, readSources } from './policy-folder.ts';

export { type LivePolicy, openLivePolicy } from './live-policy.ts';

const POLICIES = join(import.meta.dirname, '../policies');

/** Folder of the policy that comes along; `policies/shipped.txt` names it. */
export const shippedPolicy = (): string =>
  join(POLICIES, readFileSync(join(POLICIES, 'shipped.txt'), 'utf8').trim());

/**
 * Reads every version in a folder: each `*.yaml` of format ashiato.policy/1 with the files it names. Folders below
 * are not read. Throws `PolicyError` UNREADABLE where the folder cannot be read or holds no policy, and what
 * `parsePolicies` throws.
 */
export async function loadPolicies(folder: string): Promise<PolicyBundle[]> {
  return bundlesIn(folder, await readSources(folder));
}

/**
 * Reads the cases beside a policy: `cases/*.yaml`, and the golden files there by name. A policy without that folder
 * has none. Throws `PolicyError` UNREADABLE, and INVALID as `parseCases` does.
 */
export async function loadCases(folder: string): Promise<Cases & { golden: Map<string, string> }> {
  const golden = await readCaseSources(folder, '.golden.txt');
  return {
    ...parseCases(await readCaseSources(folder)),
    golden: new Map(golden.map(({ path, text }) => [basename(path), text])),
  };
}

/**
 * Reads the one version that `named` means: a policy file (`.yaml`); a folder, or the id of a policy that comes along,
 * each with `@<version>`, or alone for the version that comes into force last. Throws `PolicyError` UNREADABLE for
 * anything else, and what `loadPolicies` throws.
 */
export async function loadVersion(named: string): Promise<PolicyBundle> {
  if (named.endsWith('.yaml')) return loadFile(named);
  const { place, version } = partsOf(named);
  const bundles = await loadPolicies(folderOf(place));
  const found = version === undefined ? newest(bundles) : bundles.find(bundle => bundle.version === version);
  if (found) return found;
  const versions = bundles.map(bundle => bundle.version).join(', ');
  throw new PolicyError('UNREADABLE', `expected a version of ${place}, got ${version}; it holds ${versions}`);
}

/** Whether a name means one version, rather than a folder with all of them. */
export const namesOneVersion = (named: string): boolean =>
  named.endsWith('.yaml') || partsOf(named).version !== undefined;

/** A folder that is there may have an at-sign in its name. */
function partsOf(named: string): { place: string; version?: string } {
  const found = existsSync(named) ? null : /^(.+)@([^@/]+)$/s.exec(named);
  return found ? { place: found[1]!, version: found[2]! } : { place: named };
}

async function loadFile(path: string): Promise<PolicyBundle> {
  const sources = await readSources(dirname(path));
  const policy = sources.find(source => basename(source.path) === basename(path));
  if (!policy || formatOf(policy.text) !== 'ashiato.policy/1')
    throw new PolicyError('UNREADABLE', `expected a file of format ashiato.policy/1, got ${path}`);
  return parsePolicy([policy, ...sources.filter(({ text }) => formatOf(text) !== 'ashiato.policy/1')]);
}

/** The folder of that name, else the one of a policy that comes along by that id. */
export function folderOf(place: string): string {
  const alongside = join(POLICIES, place);
  return !existsSync(place) && basename(place) === place && existsSync(alongside) ? alongside : place;
}

function newest(bundles: readonly PolicyBundle[]): PolicyBundle | undefined {
  return [...bundles].sort((a, b) => Date.parse(a.effective_from) - Date.parse(b.effective_from)).at(-1);
}
