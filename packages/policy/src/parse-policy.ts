// SPDX-License-Identifier: Apache-2.0
// Policy files to one bundle.
import { bundleOf, type PolicyBundle } from './bundle.ts';
import { checkPolicy, checkRegisters } from './check-references.ts';
import { checkRules } from './check-rules.ts';
import { PolicyError, type Problem, problemText } from './errors.ts';
import { policyDocument } from './policy-document.ts';
import { type Read, readDocument, type Source } from './read-document.ts';
import { registersDocument } from './registers-document.ts';
import { rulesDocument } from './rules-document.ts';

/**
 * Parses one policy: among the sources MUST be exactly one policy file, and beside it (same folder) the rules and
 * registers files that it names. Throws `PolicyError` INVALID with every problem of all files at once, MISMATCH
 * where a file is missing.
 */
export function parsePolicy(sources: readonly Source[]): PolicyBundle {
  const found = sources.filter(({ text }) => formatOf(text) === 'ashiato.policy/1');
  if (found.length !== 1) {
    const message = `expected one policy file, got ${found.length} in ${sources.length} files`;
    throw new PolicyError('MISMATCH', `${message}; one file must have format ashiato.policy/1`);
  }
  const policy = readDocument(found[0]!, policyDocument);
  if (!policy.value) throw invalid([...policy.problems, ...shapeProblems(sources)]);
  const rules = readDocument(sourceNamed(sources, found[0]!, policy.value.rules), rulesDocument);
  const registers = readDocument(sourceNamed(sources, found[0]!, policy.value.registers), registersDocument);
  const problems = [
    ...checkPolicy(policy.value, policy),
    ...problemsOf(rules, value => checkRules(value, policy.value!, rules)),
    ...problemsOf(registers, value => checkRegisters(value, policy.value!, registers)),
  ];
  if (problems.length > 0 || !rules.value || !registers.value) throw invalid(problems);
  return bundleOf(policy.value, rules.value, registers.value);
}

function problemsOf<T>(read: Read<T>, check: (value: T) => Problem[]): Problem[] {
  return read.value ? check(read.value) : read.problems;
}

/** Where the policy file itself is wrong, the others are checked as far as they can be without it. */
function shapeProblems(sources: readonly Source[]): Problem[] {
  return sources.flatMap(source => {
    const format = formatOf(source.text);
    if (format === 'ashiato.rules/1') return readDocument(source, rulesDocument).problems;
    return format === 'ashiato.registers/1' ? readDocument(source, registersDocument).problems : [];
  });
}

/** The `format` line, read without parsing: a broken file must still be recognised to be reported. */
export function formatOf(text: string): string | undefined {
  return /^"?format"?\s*:\s*"?([a-z./0-9]+)/m.exec(text)?.[1];
}

function sourceNamed(sources: readonly Source[], policy: Source, name: string): Source {
  const folder = policy.path.slice(0, policy.path.lastIndexOf('/') + 1);
  const source = sources.find(({ path }) => path === `${folder}${name}`);
  if (source) return source;
  throw new PolicyError('MISMATCH', `${policy.path} names ${name}, which is not among the files given`);
}

function invalid(problems: readonly Problem[]): PolicyError {
  return new PolicyError(
    'INVALID',
    `policy files hold ${problems.length} problems:\n${problems.map(problemText).join('\n')}`,
    {
      problems,
    },
  );
}
