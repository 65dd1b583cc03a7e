// SPDX-License-Identifier: Apache-2.0
// What holds for every event under the first policy; properties.test.ts holds what does under any.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleOf } from './bundle.ts';
import { compile } from './compile.ts';
import { describeFinding } from './describe-finding.ts';
import { PolicyError } from './errors.ts';
import { brokenEventsOf, bundle, bundles, type GeneratedEvent, generatedEvent } from './event.fixture.ts';
import { createVersionJudge } from './judge-version.ts';
import { OUTCOMES, type Outcome, type Verdict, verdictJson } from './verdict.ts';
import { readInstant } from './zoned-day.ts';

const judge = compile(bundles);
const rank = (outcome: Outcome | undefined) => (outcome ? OUTCOMES.indexOf(outcome) : 0);
const brokenEvent = brokenEventsOf(bundle);
const fieldIds = bundle.policy.fields.map(({ id }) => id);

function withData(event: GeneratedEvent, data: object): unknown {
  return { ...event, data: { ...event.data, ...data } };
}

describe('judging', () => {
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

  it('remembers verdicts on unlisted fields without mixing them up', () => {
    const strange = fc.subarray(['income', 'basic.fax', 'customer.memo'], { minLength: 1 });
    const some = fc.oneof(fc.subarray(fieldIds), fc.constant(fieldIds));
    const warm = createVersionJudge(bundle, 'strict');
    fc.assert(
      fc.property(generatedEvent, some, strange, ({ time, data }, listed, unlisted) => {
        const event = { ...data, fields: [...unlisted, ...listed] };
        const at = readInstant(time) || 0;
        const verdict = warm(event, at);
        expect(warm(event, at)).toBe(verdict);
        expect(createVersionJudge(bundle, 'strict')(event, at)).toEqual(verdict);
      }),
      { numRuns: 500 },
    );
    for (let n = 0; n < 5000; n++) {
      const { findings } = warm({ operation: 'use', purpose: 'billing', fields: [`other.f${n}`] }, 0);
      expect(findings.map(({ about }) => about)).toContain(`other.f${n}`);
    }
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

  it('may be taken alone, as if always in force', () => {
    const version = versionFrom('1', '2030-04-01', '2031-04-01');
    const judgeOf = (throughout: boolean) => compile([version], { throughout });
    for (const time of ['2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z']) {
      expect(judgeOf(false).evaluate({ time }).policy).toBeNull();
      expect(judgeOf(true).evaluate({ time }).policy?.version).toBe('1');
    }
    expect(judgeOf(true).evaluate({ time: 'yesterday' }).policy).toBeNull();
    expect(() => compile([version, versionFrom('2', '2031-04-01')], { throughout: true })).toThrow('got 2');
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
