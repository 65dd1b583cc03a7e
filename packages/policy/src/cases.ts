// SPDX-License-Identifier: Apache-2.0
// Cases beside a policy: an event, what must come out, and on which clauses. Pure; the files are read elsewhere.
import { z } from 'zod';
import type { Judge } from './compile.ts';
import { PolicyError, type Problem, problemText } from './errors.ts';
import { readDocument, type Source } from './read-document.ts';
import { id } from './text-facts.ts';
import { OUTCOMES, type Verdict } from './verdict.ts';

const members = z.record(z.string(), z.unknown());
const outcome = z.enum(OUTCOMES);
const caseShape = z.strictObject({
  name: z.string().min(1),
  time: z.string().nullable().optional().describe('null = the event has no time'),
  event: members.describe('members of data; null takes one away that the defaults give'),
  literal: outcome,
  strict: outcome,
  clauses: z.array(z.string()).min(1).describe('each is cited by some finding'),
  codes: z.array(z.string()).min(1).describe('each is the code of some finding'),
});
const tableShape = z.strictObject({
  purposes: id.describe('the kind of purposes'),
  recipients: id
    .optional()
    .describe('the kind of recipients; left out: use inside the company, in each business'),
});
const caseFile = z.strictObject({
  format: z.literal('ashiato.cases/1'),
  time: z.string(),
  defaults: members,
  table: tableShape.optional().describe('a table to pin, cell by cell, in the golden file of this name'),
  cases: z.array(caseShape).min(1),
});

export type Case = {
  name: string;
  event: { time?: string; data: Record<string, unknown> };
  expected: Pick<z.infer<typeof caseShape>, 'literal' | 'strict' | 'clauses' | 'codes'>;
};
export type Table = z.infer<typeof tableShape> & {
  /** Name of the case file, without folder and ending. */
  name: string;
  time: string;
};
export type Cases = { cases: Case[]; tables: Table[] };
export type CaseResult = { name: string; verdict: Verdict; misses: string[] };

/** Reads case files. Throws `PolicyError` INVALID with every problem of all files at once. */
export function parseCases(sources: readonly Source[]): Cases {
  const problems: Problem[] = [];
  const read: Cases = { cases: [], tables: [] };
  const names = new Set<string>();
  for (const source of sources) {
    const { value, problems: own, problemAt } = readDocument(source, caseFile);
    problems.push(...own);
    if (!value) continue;
    for (const [index, { name, time = value.time, event, ...expected }] of value.cases.entries()) {
      if (names.has(name)) problems.push(problemAt(['cases', index, 'name'], 'a name of its own', name));
      names.add(name);
      const given = Object.entries({ ...value.defaults, ...event });
      const data = Object.fromEntries(given.filter(([, member]) => member !== null));
      const envelope = { specversion: '1.0', id: 'case', source: '/cases', type: 'io.ashiato.access.v1' };
      read.cases.push({ name, event: { ...envelope, ...(time === null ? {} : { time }), data }, expected });
    }
    const name = source.path.replace(/^.*\//, '').replace(/\.yaml$/, '');
    if (value.table) read.tables.push({ ...value.table, name, time: value.time });
  }
  if (problems.length > 0)
    throw new PolicyError('INVALID', problems.map(problemText).join('\n'), { problems });
  return read;
}

/** Judges each case; `misses` says in words what came out otherwise, and is empty where nothing did. */
export function runCases(judge: Judge, cases: readonly Case[]): CaseResult[] {
  return cases.map(({ name, event, expected }) => {
    const verdict = judge.evaluate(event);
    return { name, verdict, misses: missesOf(expected, verdict) };
  });
}

/** In words, what of a verdict is not as a case expects it. */
export function missesOf(expected: Case['expected'], verdict: Verdict): string[] {
  const misses: string[] = [];
  for (const mode of ['literal', 'strict'] as const) {
    if (verdict[mode] !== expected[mode])
      misses.push(`${mode}: expected ${expected[mode]}, got ${verdict[mode]}`);
  }
  const clauses = new Set(verdict.findings.flatMap(finding => finding.clauses));
  const codes = new Set(verdict.findings.map(({ code }) => code));
  for (const clause of expected.clauses)
    if (!clauses.has(clause)) misses.push(`clause ${clause} is not cited`);
  for (const code of expected.codes) if (!codes.has(code)) misses.push(`no finding ${code}`);
  return misses;
}
