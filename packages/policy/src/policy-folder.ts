// SPDX-License-Identifier: Apache-2.0
// What lies in a policy folder: its policies, and the cases beside them.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyBundle } from './bundle.ts';
import { canonicalHash } from './canonical.ts';
import { parseCases, runCases } from './cases.ts';
import { compile, type Judge } from './compile.ts';
import { PolicyError } from './errors.ts';
import { formatOf, parsePolicies } from './parse-policy.ts';
import type { Source } from './read-document.ts';
import type { Mode } from './verdict.ts';

/** `digest` names the files and their texts; of a folder that cannot be read, why. */
export type FolderContent = { digest: string } & (
  | { policies: Source[]; cases: Source[] }
  | { unreadable: unknown }
);

/** Throws `PolicyError` UNREADABLE where the folder cannot be read. */
export async function readSources(folder: string, ending = '.yaml'): Promise<Source[]> {
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

/** The files of `cases/` beside a policy; none where there is no such folder. */
export async function readCaseSources(folder: string, ending?: string): Promise<Source[]> {
  const place = join(folder, 'cases');
  return existsSync(place) ? readSources(place, ending) : [];
}

/** Every version among the sources. Throws `PolicyError` UNREADABLE for none, and what `parsePolicies` throws. */
export function bundlesIn(folder: string, sources: readonly Source[]): PolicyBundle[] {
  if (!sources.some(({ text }) => formatOf(text) === 'ashiato.policy/1'))
    throw new PolicyError('UNREADABLE', `expected a policy file in ${folder}, got none`);
  return parsePolicies(sources);
}

/** Never rejects: a folder that cannot be read is a content too. */
export async function readFolder(folder: string): Promise<FolderContent> {
  try {
    const [policies, cases] = await Promise.all([readSources(folder), readCaseSources(folder)]);
    return { digest: canonicalHash([policies, cases]), policies, cases };
  } catch (unreadable) {
    return { digest: String(unreadable), unreadable };
  }
}

/** The judge of what was read; throws `PolicyError` with what is wrong in all files at once. */
export function judgeOf(folder: string, content: FolderContent, mode: Mode): Judge {
  if ('unreadable' in content) throw content.unreadable;
  const errors: PolicyError[] = [];
  const judge = attempt(errors, () => compile(bundlesIn(folder, content.policies), { mode }));
  const beside = attempt(errors, () => parseCases(content.cases));
  if (!judge || !beside) throw together(errors);
  const misses = runCases(judge, beside.cases).filter(result => result.misses.length > 0);
  if (misses.length === 0) return judge;
  const texts = misses.map(one => `${one.name}: ${one.misses.join('; ')}`).join('\n');
  const counts = `${misses.length} of ${beside.cases.length} cases`;
  throw new PolicyError('CASE_FAILED', `${counts} in ${folder} come out otherwise than they say:\n${texts}`);
}

function attempt<T>(errors: PolicyError[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    errors.push(error);
    return undefined;
  }
}

function together(errors: readonly PolicyError[]): PolicyError {
  if (errors.length === 1) return errors[0]!;
  const problems = errors.flatMap(error => error.problems);
  return new PolicyError('INVALID', errors.map(({ message }) => message).join('\n'), { problems });
}
