// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCases, runCases } from './cases.ts';
import { WITHOUT_CASE } from './clauses-without-case.fixture.ts';
import { undefendedRules } from './defended-rules.ts';
import { describeFinding } from './describe-finding.ts';
import { PolicyError } from './errors.ts';
import { bundle, generatedEvent } from './event.fixture.ts';
import { goldenTexts, tableCells } from './golden.ts';
import { POLICIES } from './policies.fixture.ts';
import type { Verdict } from './verdict.ts';

const policyNamed = (name: string) => POLICIES.find(one => one.name === name)!;
const first = policyNamed('astmax-energy');
const results = runCases(first.judge, first.beside.cases);

describe.each(POLICIES)('the cases of $name', ({ judge, bundle: own, beside }) => {
  it.each(runCases(judge, beside.cases))('$name', ({ misses }) => {
    expect(misses).toEqual([]);
  });

  it('defend every rule: with any one removed, some case fails', () => {
    expect(undefendedRules(judge, own, beside.cases)).toEqual([]);
    expect(own.rules.rules.length).toBeGreaterThan(15);
  });

  it('use every code of the rules', () => {
    const codes = [...own.rules.rules.map(({ code }) => code), ...Object.keys(own.rules.fallback)];
    const used = new Set(
      runCases(judge, beside.cases).flatMap(({ verdict }) => verdict.findings.map(({ code }) => code)),
    );
    expect(codes.filter(code => !used.has(code))).toEqual([]);
  });

  it('have golden files that hold what the judge says', () => {
    expect(beside.golden).toEqual(goldenTexts(judge, beside));
  });
});

describe('a rule that no case defends', () => {
  it('is reported by name', () => {
    const { judge, beside } = first;
    const cases = beside.cases.filter(({ expected }) => !expected.codes.includes('erase_requested'));
    expect(cases.length).toBeLessThan(beside.cases.length);
    expect(undefendedRules(judge, bundle, cases)).toEqual(['erase_requested']);
  });

  it('is not defended by a case that fails anyway', () => {
    const { judge, beside } = first;
    const cases = beside.cases.map(one =>
      one.expected.codes.includes('erase_requested')
        ? { ...one, expected: { ...one.expected, clauses: ['C9'] } }
        : one,
    );
    expect(undefendedRules(judge, bundle, cases)).toEqual(['erase_requested']);
  });
});

/** `clause outcome` of every finding, in each mode; where no rule speaks, no clause has decided anything. */
function pairs({ findings }: Verdict): string[] {
  const decided = findings.filter(({ code }) => code !== 'no_rule');
  return decided.flatMap(finding =>
    Object.values(describeFinding(bundle, finding).outcome).flatMap(outcome =>
      finding.clauses.map(clause => `${clause} ${outcome}`),
    ),
  );
}

describe('each clause of the first policy', () => {
  const held = new Set(results.flatMap(({ verdict }) => pairs(verdict)));

  it('has a case that allows, one that refuses and one that leaves open, or a reason why not', () => {
    const wanted = bundle.policy.clauses.flatMap(({ id }) =>
      ['conforming', 'violation', 'undetermined'].map(outcome => `${id} ${outcome}`),
    );
    expect(wanted.filter(pair => !held.has(pair))).toEqual(wanted.filter(pair => WITHOUT_CASE.has(pair)));
    expect([...WITHOUT_CASE.keys()].filter(pair => !wanted.includes(pair))).toEqual([]);
  });

  it('has a case for every outcome that any event can give it', () => {
    const possible = new Set<string>();
    for (const event of fc.sample(generatedEvent, { numRuns: 10_000, seed: 1 })) {
      for (const pair of pairs(first.judge.evaluate(event))) possible.add(pair);
    }
    expect([...possible].filter(pair => !held.has(pair)).sort()).toEqual([]);
    expect(possible.size).toBeGreaterThan(90);
  });
});

describe('tables', () => {
  const cellsOf = (name: string, table: string) => {
    const { judge, beside } = policyNamed(name);
    return tableCells(judge, beside.tables.find(one => one.name === table)!);
  };

  it('hold 72 joint-use and 144 own-use cells', () => {
    expect(cellsOf('astmax-energy', 'joint-use')).toHaveLength(72);
    expect(cellsOf('astmax-energy', 'own-use')).toHaveLength(144);
  });

  it('of the older template are those of the first policy, but for the purpose that it does not know', () => {
    const older = cellsOf('retail-template', 'joint-use');
    const newer = cellsOf('astmax-energy', 'joint-use');
    expect(older).toEqual(newer.filter(cell => !cell.startsWith('generation_side_charge ')));
    expect(older).toHaveLength(60);
  });
});

describe('a case', () => {
  it('says what came out otherwise', () => {
    const [one] = first.beside.cases;
    const expected = { literal: 'violation', strict: 'violation', clauses: ['C9'], codes: ['x'] } as const;
    const wrong = { ...one!, expected: { ...expected, clauses: ['C9'], codes: ['x'] } };
    const [result] = runCases(first.judge, [wrong]);
    expect(result!.misses).toEqual([
      'literal: expected violation, got conforming',
      'strict: expected violation, got conforming',
      'clause C9 is not cited',
      'no finding x',
    ]);
  });

  it('is refused with every problem of every file when it is none, or has the name of another', () => {
    const text = 'format: ashiato.cases/1\ntime: 5\ndefaults: {}\ncases: [{name: x, literal: fine}]\n';
    const named = `format: ashiato.cases/1
time: "2026-06-02T10:00:00Z"
defaults: {}
cases:
  - { name: y, event: {}, literal: conforming, strict: conforming, clauses: [C0], codes: [x] }
  - { name: y, event: {}, literal: conforming, strict: conforming, clauses: [C0], codes: [x] }
`;
    const read = () =>
      parseCases([
        { path: 'x.yaml', text },
        { path: 'y.yaml', text: named },
      ]);
    expect(read).toThrow(PolicyError);
    expect(read).toThrow(
      /x\.yaml:2:1 time: expected string, found 5[\s\S]*x\.yaml:4[\s\S]*y\.yaml:6:7 cases\.1\.name: expected a name of its own, found y/,
    );
  });
});
