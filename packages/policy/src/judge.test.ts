// SPDX-License-Identifier: Apache-2.0
// What holds for every event: properties of the judge, with a negative control where one could hold for nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleOf } from './bundle.ts';
import { compile } from './compile.ts';
import { describeFinding } from './describe-finding.ts';
import { PolicyError } from './errors.ts';
import { bundle, bundles, type GeneratedEvent, generatedEvent } from './event.fixture.ts';
import { OUTCOMES, type Outcome, type Verdict, verdictJson } from './verdict.ts';

const judge = compile(bundles);
const rank = (outcome: Outcome | undefined) => (outcome ? OUTCOMES.indexOf(outcome) : 0);
const fieldIds = bundle.policy.fields.map(({ id }) => id);

/** Any JSON, and events in which any members were replaced by any JSON. */
const brokenEvent = fc
  .tuple(generatedEvent, fc.dictionary(fc.constantFrom('time', 'data', 'id'), fc.jsonValue()), anyData())
  .map(([event, outer, inner]): unknown => ({ ...event, data: { ...event.data, ...inner }, ...outer }));

function anyData(): fc.Arbitrary<Record<string, unknown>> {
  const members =
    'operation purpose parent_purpose business parent_business fields form recipient refs population part result';
  return fc.dictionary(fc.constantFrom(...members.split(' ')), fc.jsonValue(), { maxKeys: 3 });
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

function withData(event: GeneratedEvent, data: object): unknown {
  return { ...event, data: { ...event.data, ...data } };
}

function checkShape(verdict: Verdict): void {
  expect(Object.keys(verdict)).toEqual(['outcome', 'literal', 'strict', 'policy', 'findings']);
  expect(verdict.findings.length).toBeGreaterThan(0);
  for (const finding of verdict.findings) {
    expect(Object.keys(finding)).toEqual(['code', 'clauses', 'mode', 'about', 'ja', 'en']);
    expect(`${finding.ja}${finding.en}`).not.toMatch(/[{}]/);
  }
}

describe('judging', () => {
  it('gives a verdict on any JSON value, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), brokenEvent), event => checkShape(judge.evaluate(event))),
      {
        numRuns: 2000,
      },
    );
  });

  it('gives each mode the worst of the findings that bear on it', () => {
    fc.assert(
      fc.property(fc.oneof(generatedEvent, brokenEvent), event => {
        const verdict = judge.evaluate(event);
        const outcomes = verdict.findings.map(finding => describeFinding(bundle, finding).outcome);
        for (const mode of ['literal', 'strict'] as const) {
          expect(rank(verdict[mode])).toBe(Math.max(...outcomes.map(outcome => rank(outcome[mode]))));
          expect(outcomes.some(outcome => outcome[mode])).toBe(true);
        }
        expect(verdict.outcome).toBe(verdict.strict);
        expect(compileLiteral.evaluate(event).outcome).toBe(verdict.literal);
      }),
      { numRuns: 2000 },
    );
  });
  const compileLiteral = compile(bundles, { mode: 'literal' });

  it('says the same again, from a judge that has seen nothing, whatever the order of members and fields', () => {
    fc.assert(
      fc.property(fc.oneof(generatedEvent, generatedEvent), event => {
        const first = verdictJson(judge.evaluate(event));
        expect(verdictJson(judge.evaluate(event))).toBe(first);
        expect(verdictJson(judge.evaluate(reversed(event)))).toBe(first);
        const fields = event.data.fields && [...event.data.fields].reverse();
        const twice = fields && [...fields, ...fields];
        expect(verdictJson(judge.evaluate(withData(event, { fields: twice })))).toBe(first);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(generatedEvent, event => {
        expect(verdictJson(compile(bundles).evaluate(event))).toBe(verdictJson(judge.evaluate(event)));
      }),
      { numRuns: 40 },
    );
  });

  it('never gets milder when a field is added, but for the empty list of fields', () => {
    let worse = 0;
    fc.assert(
      fc.property(generatedEvent, fc.constantFrom(...fieldIds, 'income'), (event, field) => {
        const had = event.data.fields ?? [];
        const fields = [...had, field];
        const [before, after] = [judge.evaluate(event), judge.evaluate(withData(event, { fields }))];
        for (const mode of ['literal', 'strict'] as const) {
          if (before[mode] === 'violation') expect(after[mode]).toBe('violation');
          if (had.length > 0) expect(rank(after[mode])).toBeGreaterThanOrEqual(rank(before[mode]));
          if (rank(after[mode]) > rank(before[mode])) worse++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(worse).toBeGreaterThan(20);
  });

  it('is never milder in strict than in literal', () => {
    fc.assert(
      fc.property(fc.oneof(generatedEvent, brokenEvent), event => {
        const { literal, strict } = judge.evaluate(event);
        expect(rank(strict)).toBeGreaterThanOrEqual(rank(literal));
      }),
    );
  });

  it('does not change with who asked, whether it worked, or what no rule reads', () => {
    fc.assert(
      fc.property(generatedEvent, fc.jsonValue(), (event, value) => {
        const same = withData(event, {
          actor: value,
          outcome: value,
          subject: value,
          lookup: value,
          site: value,
        });
        expect(verdictJson(judge.evaluate(same))).toBe(verdictJson(judge.evaluate(event)));
      }),
    );
  });

  it('names every unlisted field, but not a name that could be anything', () => {
    const fields = ['income', 'Taro Yamada 03-1234-5678', 'basic.name', 7];
    const data = { operation: 'use', purpose: 'product_development', business: 'electricity', fields };
    const { findings } = judge.evaluate({ time: '2026-06-02T10:00:00+09:00', data });
    const unlisted = findings.filter(({ code }) => code === 'field_unlisted').map(({ about }) => about);
    expect(unlisted).toEqual(['fields[1]', 'fields[3]', 'income']);
    expect(JSON.stringify(findings)).not.toContain('Yamada');
  });

  it('treats statistics alike whoever receives them, and whatever the fields and registers are', () => {
    fc.assert(
      fc.property(generatedEvent, generatedEvent, (event, other) => {
        const { recipient, fields } = other.data;
        const operation = event.data.operation === 'use' ? 'provide' : 'use';
        const statistical = withData(event, { operation, form: 'statistical' }) as GeneratedEvent;
        const { literal, strict } = judge.evaluate(statistical);
        const changed = withData(statistical, { fields, recipient });
        const { literal: literal2, strict: strict2 } = judge.evaluate(changed);
        expect([literal2, strict2]).toEqual([literal, strict]);
      }),
    );
  });
});

describe('the JSON of a verdict', () => {
  it('is byte for byte JSON.stringify, for verdicts of the judge and for copies', () => {
    fc.assert(
      fc.property(fc.oneof(generatedEvent, brokenEvent), event => {
        const verdict = judge.evaluate(event);
        expect(verdictJson(verdict)).toBe(JSON.stringify(verdict));
        expect(verdictJson(structuredClone(verdict))).toBe(JSON.stringify(verdict));
      }),
    );
  });

  it('in its committed form leaves out only what the bundle gives back', () => {
    fc.assert(
      fc.property(generatedEvent, event => {
        const verdict = judge.evaluate(event);
        const committed = JSON.parse(verdictJson(verdict, 'committed')) as Verdict;
        const findings = committed.findings.map(finding => {
          const { ja, en } = describeFinding(bundle, finding);
          return { ...finding, ja, en };
        });
        const policy = committed.policy && { ...committed.policy, source_sha256: bundle.source_sha256 };
        expect(JSON.stringify({ ...committed, policy, findings })).toBe(JSON.stringify(verdict));
      }),
    );
  });

  it('belongs to a verdict that nobody can change', () => {
    const verdict = judge.evaluate({}) as { outcome: string };
    expect(() => {
      verdict.outcome = 'conforming';
    }).toThrow(TypeError);
  });
});

describe('versions', () => {
  const versionFrom = (version: string, from: string, to: string | null = null, id = bundle.id) =>
    bundleOf(
      { ...bundle.policy, id, version, effective_from: from, effective_to: to },
      bundle.rules,
      bundle.registers,
    );
  const versionAt = (all: ReturnType<typeof versionFrom>[], time: string) =>
    compile(all).evaluate({ time }).policy?.version;

  it('are chosen by half-open days of the policy’s zone', () => {
    const all = [versionFrom('b', '2025-01-01'), versionFrom('a', '2024-01-01')];
    expect(versionAt(all, '2023-12-31T23:59:59.999+09:00')).toBeUndefined();
    expect(versionAt(all, '2023-12-31T15:00:00Z')).toBe('a');
    expect(versionAt(all, '2024-12-31T23:59:59.999+09:00')).toBe('a');
    expect(versionAt(all, '2025-01-01T00:00:00+09:00')).toBe('b');
    const withdrawn = versionFrom('a', '2024-01-01', '2024-07-01');
    expect(versionAt([withdrawn], '2024-06-30T23:59:59+09:00')).toBe('a');
    expect(versionAt([withdrawn], '2024-07-01T00:00:00+09:00')).toBeUndefined();
  });

  it('must not claim the same time, nor belong to several policies', () => {
    const a = versionFrom('a', '2024-01-01', '2024-07-01');
    const code = (all: Parameters<typeof compile>[0]) => {
      try {
        compile(all);
        return 'accepted';
      } catch (error) {
        return error instanceof PolicyError ? error.code : String(error);
      }
    };
    expect(code([a, versionFrom('b', '2024-07-01')])).toBe('accepted');
    expect(code([a, versionFrom('b', '2024-06-30')])).toBe('OVERLAP');
    expect(code([a, versionFrom('a', '2024-08-01')])).toBe('OVERLAP');
    expect(code([a, versionFrom('c', '2024-01-01', '2024-07-01')])).toBe('OVERLAP');
    expect(code([a, versionFrom('b', '2025-01-01', null, 'other')])).toBe('MISMATCH');
    expect(code([])).toBe('MISMATCH');
  });

  it('are refused when read back with other content than their hashes name', () => {
    const stored = JSON.parse(JSON.stringify(bundle)) as typeof bundle;
    const event = { time: '2026-06-02T10:00:00+09:00' };
    expect(verdictJson(compile([stored]).evaluate(event))).toBe(verdictJson(judge.evaluate(event)));
    stored.registers.agreements[0]!.to = null;
    expect(() => compile([stored])).toThrow(PolicyError);
    expect(() => compile([{ ...bundle, effective_from: '2020-04-01T00:00:00+09:00' }])).toThrow(
      /its hashes say/,
    );
  });

  it('refuse to describe what they do not hold', () => {
    expect(() => describeFinding(bundle, { code: 'nonsense', mode: 'both', about: 'x' })).toThrow(
      PolicyError,
    );
  });
});
