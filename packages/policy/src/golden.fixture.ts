// SPDX-License-Identifier: Apache-2.0
// The cases and golden texts of the first policy.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Case, parseCases, runCases } from './cases.ts';
import { compile } from './compile.ts';
import { bundles, POLICY_FOLDER } from './event.fixture.ts';
import { goldenReasons, jointUseCells, ownUseCells } from './golden.ts';

export const GOLDEN_FOLDER = join(POLICY_FOLDER, 'cases');
export const AXES = { time: '2026-06-02T10:00:00+09:00', own: 'own', joint: 'joint', partner: 'joint_user' };

/** All cases beside the policy, by file name. */
export async function readCases(): Promise<Record<string, Case[]>> {
  const names = (await readdir(GOLDEN_FOLDER)).filter(name => name.endsWith('.yaml')).sort();
  const files = names.map(async name => {
    const path = join(GOLDEN_FOLDER, name);
    return [name, parseCases({ path, text: await readFile(path, 'utf8') })] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

/** What the golden files must hold, by file name. */
export async function goldenTexts(): Promise<Record<string, string>> {
  const judge = compile(bundles);
  const cases = Object.values(await readCases()).flat();
  const lines = (list: readonly string[]) => `${list.join('\n')}\n`;
  return {
    'reasons.golden.txt': goldenReasons(runCases(judge, cases)),
    'own-use.golden.txt': lines(ownUseCells(judge, AXES)),
    'joint-use.golden.txt': lines(jointUseCells(judge, AXES)),
  };
}
