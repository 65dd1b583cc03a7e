// SPDX-License-Identifier: Apache-2.0
// Every policy that comes along, of whatever trade: the same code judges them all.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from './compile.ts';
import { loadCases, loadPolicies } from './load.ts';

const FOLDER = join(import.meta.dirname, '../policies');
const entries = await readdir(FOLDER, { withFileTypes: true });

export const POLICIES = await Promise.all(
  entries
    .filter(entry => entry.isDirectory())
    .map(async ({ name }) => {
      const folder = join(FOLDER, name);
      const bundles = await loadPolicies(folder);
      return {
        name,
        folder,
        bundles,
        bundle: bundles[0]!,
        judge: compile(bundles),
        beside: await loadCases(folder),
      };
    }),
);
