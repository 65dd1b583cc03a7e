// SPDX-License-Identifier: Apache-2.0
// Would the tests notice a wrong rule? Every row of the table is made wrong once, and events must come out otherwise.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from './compile.ts';
import { bundle, generatedEvent } from './event.fixture.ts';
import type { PolicyBundle } from './parse-policy.ts';
import type { Row } from './rules-document.ts';

const events = fc.sample(generatedEvent, { numRuns: 12_000, seed: 7 });

/** Rows whose outcome others always give as well, and why. */
const IMPLIED = new Map([
  // P02 needs a contract and P11 an incident, so an event with neither lacks the reference of its purpose too.
  ['supply_sharing_unexplained', ['strict']],
]);

function outcomes(rules: readonly Row[]): string[] {
  const changed: PolicyBundle = { ...bundle, rules: { ...bundle.rules, rules: [...rules] } };
  const judge = compile([changed]);
  return events.map(event => {
    const { literal, strict } = judge.evaluate(event);
    return `${literal} ${strict}`;
  });
}

it('every row decides some generated event, in each mode it speaks of', () => {
  const { rules } = bundle.rules;
  const right = outcomes(rules);
  const unnoticed = rules.flatMap(row =>
    (['literal', 'strict'] as const).flatMap(mode => {
      if (row[mode] === undefined) return [];
      const wrong: Row = { ...row, [mode]: row[mode] === 'conforming' ? 'violation' : 'conforming' };
      const noticed = outcomes(rules.map(other => (other === row ? wrong : other))).some(
        (o, i) => o !== right[i],
      );
      return noticed ? [] : [`${row.code} ${mode}`];
    }),
  );
  const implied = [...IMPLIED].flatMap(([code, modes]) => modes.map(mode => `${code} ${mode}`));
  expect(unnoticed).toEqual(implied);
});
