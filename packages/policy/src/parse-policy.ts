// SPDX-License-Identifier: Apache-2.0
// Policy files to bundles. What is wrong is an error that nothing may start on; what lint finds in the text is not.
import type { z } from 'zod';
import { bundleOf, type PolicyBundle } from './bundle.ts';
import { checkPolicy } from './check-policy.ts';
import { checkRegisters } from './check-registers.ts';
import { checkRules } from './check-rules.ts';
import { PolicyError, type Problem, problemText } from './errors.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';
import { type Read, readDocument, type Source } from './read-document.ts';
import { registersDocument } from './registers-document.ts';
import { rulesDocument } from './rules-document.ts';
import { overlaps } from './versions.ts';

/** The problems of a set of files; where there are none, the bundle. */
type Parsed = { problems: Problem[]; bundle?: PolicyBundle; problemAt: Read<unknown>['problemAt'] };

/**
 * Parses one policy: among the sources MUST be exactly one policy file, and beside it (same folder) the rules and
 * registers files that it names. Throws `PolicyError` INVALID with every problem of all files at once, MISMATCH
 * where there is not one policy file.
 */
export function parsePolicy(sources: readonly Source[]): PolicyBundle {
  const found = sources.filter(isPolicy);
  if (found.length !== 1) {
    const message = `expected one policy file, got ${found.length} in ${sources.length} files`;
    throw new PolicyError('MISMATCH', `${message}; one file must have format ashiato.policy/1`);
  }
  return parsePolicies(sources)[0]!;
}

/** Parses every policy file among the sources, as `parsePolicy` does; versions of one policy MUST NOT overlap. */
export function parsePolicies(sources: readonly Source[]): PolicyBundle[] {
  const others = sources.filter(source => !isPolicy(source));
  const parsed = sources.filter(isPolicy).map(source => parse(source, others));
  const problems = parsed.flatMap(one => one.problems);
  if (problems.length === 0) problems.push(...overlapProblems(parsed));
  if (problems.length > 0) throw invalid(problems);
  return parsed.flatMap(({ bundle }) => bundle ?? []);
}

function isPolicy({ text }: Source): boolean {
  return formatOf(text) === 'ashiato.policy/1';
}

function parse(source: Source, others: readonly Source[]): Parsed {
  const policy = readDocument(source, policyDocument);
  const { problemAt } = policy;
  if (!policy.value) return { problems: [...policy.problems, ...shapeProblems(others)], problemAt };
  const document = policy.value;
  const own = checkPolicy(document, policy);
  const rules = readBeside(source, others, 'rules', policy, rulesDocument);
  const registers = readBeside(source, others, 'registers', policy, registersDocument);
  const problems = [
    ...own,
    ...problemsOf(rules, value => checkRules(value, document, rules, { reach: own.length === 0 })),
    ...problemsOf(registers, value => checkRegisters(value, document, registers)),
  ];
  if (problems.length > 0 || !rules.value || !registers.value) return { problems, problemAt };
  return { problems, bundle: bundleOf(document, rules.value, registers.value), problemAt };
}

/** Reads the file that the policy file names; where it is not there, that is the one problem of it. */
function readBeside<T>(
  policy: Source,
  others: readonly Source[],
  member: 'rules' | 'registers',
  { value, problemAt }: Read<PolicyDocument>,
  shape: z.ZodType<T>,
): Read<T> {
  const name = value![member];
  const path = `${policy.path.slice(0, policy.path.lastIndexOf('/') + 1)}${name}`;
  const source = others.find(other => other.path === path);
  if (source) return readDocument(source, shape);
  const missing = problemAt([member], 'the name of a file beside this one', `${name}, which is not there`);
  return { value: undefined, problems: [missing], problemAt };
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

function overlapProblems(parsed: readonly Parsed[]): Problem[] {
  const placeOf = new Map(parsed.map(({ bundle, problemAt }) => [bundle, problemAt]));
  return overlaps([...placeOf.keys()].filter(bundle => bundle !== undefined)).map(([earlier, later]) => {
    const expected = `a version and days of its own, apart from ${earlier.id} ${earlier.version}`;
    const found = `${later.version} from ${later.policy.effective_from}; the other is in force from ${earlier.policy.effective_from} to ${earlier.policy.effective_to ?? 'its successor'}`;
    return placeOf.get(later)!(['effective_from'], expected, found);
  });
}

/** The `format` line, read without parsing: a broken file must still be recognised to be reported. */
export function formatOf(text: string): string | undefined {
  return /^"?format"?\s*:\s*"?([a-z./0-9]+)/m.exec(text)?.[1];
}

/** One problem once: versions may share a file. */
function invalid(all: readonly Problem[]): PolicyError {
  const problems = [...new Map(all.map(problem => [problemText(problem), problem])).values()];
  const texts = problems.map(problemText).join('\n');
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new PolicyError('INVALID', `policy files hold ${count}:\n${texts}`, { problems });
}
