// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCases, runCases } from './cases.ts';
import { compile } from './compile.ts';
import { describeFinding } from './describe-finding.ts';
import { PolicyError } from './errors.ts';
import { bundle, bundles, generatedEvent } from './event.fixture.ts';
import { AXES, GOLDEN_FOLDER, goldenTexts, readCases } from './golden.fixture.ts';
import { jointUseCells, ownUseCells } from './golden.ts';
import type { Verdict } from './verdict.ts';

const judge = compile(bundles);
const files = await readCases();
const results = runCases(judge, Object.values(files).flat());

/** `clause outcome` of every finding, in each mode; where no rule speaks, no clause has decided anything. */
function pairs({ findings }: Verdict): string[] {
  const decided = findings.filter(({ code }) => code !== 'no_rule');
  return decided.flatMap(finding =>
    Object.values(describeFinding(bundle, finding).outcome).flatMap(outcome =>
      finding.clauses.map(clause => `${clause} ${outcome}`),
    ),
  );
}

describe('cases beside the policy', () => {
  it.each(results)('$name', ({ misses }) => {
    expect(misses).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(results.map(({ name }) => name)).size).toBe(results.length);
  });

  it('hold every outcome that a clause can have', () => {
    const possible = new Set<string>();
    for (const event of fc.sample(generatedEvent, { numRuns: 10_000, seed: 1 })) {
      for (const pair of pairs(judge.evaluate(event))) possible.add(pair);
    }
    const held = new Set(results.flatMap(({ verdict }) => pairs(verdict)));
    expect([...possible].filter(pair => !held.has(pair)).sort()).toEqual([]);
    expect(possible.size).toBeGreaterThan(90);
  });

  it('use every code of the rules', () => {
    const codes = [...bundle.rules.rules.map(({ code }) => code), ...Object.keys(bundle.rules.fallback)];
    const used = new Set(results.flatMap(({ verdict }) => verdict.findings.map(({ code }) => code)));
    expect(codes.filter(code => !used.has(code))).toEqual([]);
  });

  it('say what came out otherwise', () => {
    const [first] = Object.values(files).flat();
    const expected = { literal: 'violation', strict: 'violation', clauses: ['C9'], codes: ['x'] } as const;
    const wrong = { ...first!, expected: { ...expected, clauses: ['C9'], codes: ['x'] } };
    const [result] = runCases(judge, [wrong]);
    expect(result!.misses).toEqual([
      'literal: expected violation, got conforming',
      'strict: expected violation, got conforming',
      'clause C9 is not cited',
      'no finding x',
    ]);
  });

  it('are refused with every problem when the file is no case file', () => {
    const text = 'format: ashiato.cases/1\ntime: 5\ndefaults: {}\ncases: [{name: x, literal: fine}]\n';
    const read = () => parseCases({ path: 'x.yaml', text });
    expect(read).toThrow(PolicyError);
    expect(read).toThrow(/x\.yaml:2:1 time: expected string, found 5[\s\S]*x\.yaml:4/);
  });
});

describe('golden files', () => {
  it('hold what the judge says', async () => {
    for (const [name, text] of Object.entries(await goldenTexts())) {
      expect(await readFile(join(GOLDEN_FOLDER, name), 'utf8'), name).toBe(text);
    }
  });

  it('hold 72 joint-use and 144 own-use cells', () => {
    expect(jointUseCells(judge, AXES)).toHaveLength(72);
    expect(ownUseCells(judge, AXES)).toHaveLength(144);
  });
});
