// SPDX-License-Identifier: Apache-2.0
// Cases beside a policy: an event, what must come out, and on which clauses. Pure; the files are read elsewhere.
import { z } from 'zod';
import type { Judge } from './compile.ts';
import { PolicyError, problemText } from './errors.ts';
import { readDocument, type Source } from './read-document.ts';
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
const caseFile = z.strictObject({
  format: z.literal('ashiato.cases/1'),
  time: z.string(),
  defaults: members,
  cases: z.array(caseShape).min(1),
});

export type Case = {
  name: string;
  event: unknown;
  expected: Omit<z.infer<typeof caseShape>, 'name' | 'time' | 'event'>;
};
export type CaseResult = { name: string; verdict: Verdict; misses: string[] };

/** Reads a case file. Throws `PolicyError` INVALID with every problem at once. */
export function parseCases(source: Source): Case[] {
  const { value, problems } = readDocument(source, caseFile);
  if (!value) throw new PolicyError('INVALID', problems.map(problemText).join('\n'), { problems });
  return value.cases.map(({ name, time = value.time, event, ...expected }) => {
    const data = Object.fromEntries(
      Object.entries({ ...value.defaults, ...event }).filter(([, member]) => member !== null),
    );
    const envelope = { specversion: '1.0', id: 'case', source: '/cases', type: 'io.ashiato.access.v1' };
    return { name, event: { ...envelope, ...(time === null ? {} : { time }), data }, expected };
  });
}

/** Judges each case; `misses` says in words what came out otherwise, and is empty where nothing did. */
export function runCases(judge: Judge, cases: readonly Case[]): CaseResult[] {
  return cases.map(({ name, event, expected }) => {
    const verdict = judge.evaluate(event);
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
    return { name, verdict, misses };
  });
}
