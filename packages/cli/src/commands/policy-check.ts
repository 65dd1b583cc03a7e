// SPDX-License-Identifier: Apache-2.0
// `ashiato policy check`: lint, cases and golden files of a policy, and the text it encodes.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PolicyError } from '@ashiato/policy';
import { type CheckReport, check, type Problem, problemText, type SourceText } from '@ashiato/policy/check';
import { loadCases, loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print, printJson } from '../output.ts';
import { checkText, counted, errorsOf } from './policy-check-text.ts';

interface Options {
  source?: string;
  lang: string;
  json?: boolean;
  update?: boolean;
}

export function policyCheckCommand(): Command {
  return new Command('check')
    .description('Lint a policy and run its cases; findings on the text are warnings, and pass.')
    .argument('[dir]', 'folder of the policy (default: the one that comes along)')
    .option('--source <file>', 'the published text: verify its SHA-256 and that the cited lines exist')
    .option('--update', 'rewrite the golden files with what the judge says now')
    .option('--lang <lang>', 'ja or en', 'en')
    .option('--json', 'print the report as JSON')
    .action(checkPolicy);
}

async function checkPolicy(dir: string | undefined, options: Options): Promise<void> {
  const { lang } = options;
  if (lang !== 'ja' && lang !== 'en') throw cannotRun(`--lang: expected ja or en, got ${lang}`);
  const folder = dir ?? shippedPolicy();
  const source = options.source === undefined ? undefined : await readSource(options.source);
  const [policies, cases] = await Promise.allSettled([loadPolicies(folder), loadCases(folder)]);
  if (policies.status === 'rejected' || cases.status === 'rejected') {
    throw endWithProblems([policies, cases], options);
  }
  const report = checked(policies.value, cases.value, source);
  const stale = report.golden.filter(({ state }) => state !== 'as_pinned');
  if (options.update) {
    for (const { name, text } of stale) await writeFile(join(folder, 'cases', name), text);
  }
  const updated = options.update === true;
  const errors = errorsOf(report, updated);
  if (options.json) {
    const golden = report.golden.map(({ name, state }) => ({ name, state }));
    printJson({ ...report, golden, errors: errors.map(message => ({ message })) });
  } else print(checkText(report, errors, { lang, updated }));
  if (errors.length > 0) throw new CommandEnd(1, counted(errors.length, 'error'));
}

async function readSource(path: string): Promise<SourceText> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (cause) {
    throw cannotRun(`--source ${path}: cannot be read`, cause);
  }
}

/** Versions that parse may still not belong together. */
function checked(...given: Parameters<typeof check>): CheckReport {
  try {
    return check(...given);
  } catch (cause) {
    if (cause instanceof PolicyError) throw new CommandEnd(1, cause.message, { cause });
    throw cause;
  }
}

/** Problems of policy and cases alike; any other failure means that the check could not run. */
function endWithProblems(settled: readonly PromiseSettledResult<unknown>[], { json }: Options): CommandEnd {
  const reasons = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  const problems: Problem[] = [];
  for (const reason of reasons) {
    if (!(reason instanceof PolicyError && reason.code === 'INVALID')) throw reason;
    problems.push(...reason.problems);
  }
  if (json) printJson({ errors: problems.map(problem => ({ message: problemText(problem), ...problem })) });
  else print(problems.map(problem => `error ${problemText(problem)}`).join('\n'));
  return new CommandEnd(1, counted(problems.length, 'error'));
}
