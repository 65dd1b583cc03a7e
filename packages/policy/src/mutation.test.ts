// SPDX-License-Identifier: Apache-2.0
// Would the tests notice a wrong rule? Every row of the table is made wrong once, and events must come out otherwise.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bundleOf } from './bundle.ts';
import { compile } from './compile.ts';
import { bundle, generatedEvent } from './event.fixture.ts';
import type { Row } from './rules-document.ts';

const events = fc.sample(generatedEvent, { numRuns: 12_000, seed: 7 });

/** Rows whose outcome others always give as well, and why. */
const IMPLIED = new Map([
  // P02 needs a contract and P11 an incident, so an event with neither lacks the reference of its purpose too.
  ['supply_sharing_unexplained', ['strict']],
]);

const right = compile([bundle]);

/** For each code, at most some of the events with such a finding: a change of its row can only show on them. */
const eventsByCode = new Map<string, unknown[]>();
for (const event of events) {
  for (const code of new Set(right.evaluate(event).findings.map(finding => finding.code))) {
    const known = eventsByCode.get(code) ?? [];
    eventsByCode.set(code, known);
    if (known.length < 150) known.push(event);
  }
}

function isNoticed(row: Row, wrong: Row): boolean {
  const rules = bundle.rules.rules.map(other => (other === row ? wrong : other));
  const changed = bundleOf(bundle.policy, { ...bundle.rules, rules }, bundle.registers);
  const judge = compile([changed]);
  return eventsByCode.get(row.code)!.some(event => {
    const [before, after] = [right.evaluate(event), judge.evaluate(event)];
    return before.literal !== after.literal || before.strict !== after.strict;
  });
}

it('every row decides some generated event, in each mode it speaks of', () => {
  const unnoticed = bundle.rules.rules.flatMap(row =>
    (['literal', 'strict'] as const).flatMap(mode => {
      if (row[mode] === undefined) return [];
      const wrong: Row = { ...row, [mode]: row[mode] === 'conforming' ? 'violation' : 'conforming' };
      return isNoticed(row, wrong) ? [] : [`${row.code} ${mode}`];
    }),
  );
  const implied = [...IMPLIED].flatMap(([code, modes]) => modes.map(mode => `${code} ${mode}`));
  expect(unnoticed).toEqual(implied);
});
