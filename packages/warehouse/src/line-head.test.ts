// SPDX-License-Identifier: Apache-2.0
import type { Delivery, Mark, SegmentHeader, VerdictOutcome } from '@ashiato/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReadHead, judgementOf } from './line-head.ts';

const POLICIES = [1, 2].map(n => ({
  id: 'p',
  version: `${n}`,
  sha256: `${n}`.repeat(64),
  source_sha256: 'c'.repeat(64),
}));
const HEADER = { policies: POLICIES } as unknown as SegmentHeader;

const outcome = fc.constantFrom<VerdictOutcome>('conforming', 'undetermined', 'violation');
const words = fc.array(fc.oneof(fc.constantFrom('C1', 'C2', ',"event":', '"verdict":'), fc.string()), {
  maxLength: 3,
});
const finding = fc.record({
  code: fc.string(),
  clauses: words,
  mode: fc.constantFrom<'literal' | 'both'>('literal', 'both'),
  about: fc.string(),
});
const verdict = fc.record({
  outcome,
  literal: outcome,
  strict: outcome,
  policy: fc.option(fc.constantFrom(...POLICIES.map(({ source_sha256: _, ...policy }) => policy))),
  findings: fc.array(finding, { maxLength: 3 }),
});
const tail = fc.record(
  {
    verdict: fc.option(verdict),
    delivery: fc.record({ kind: fc.constantFrom<Delivery>('new', 'redelivery', 'late') }),
    marks: fc.array(fc.constantFrom<Mark>('future_time', 'past_time'), { maxLength: 2 }),
  },
  { requiredKeys: ['verdict'] },
);

test('reads what parsing the whole line gives, remembered or not', () => {
  fc.assert(
    fc.property(fc.array(tail, { minLength: 1, maxLength: 8 }), fc.boolean(), (tails, salted) => {
      const readHead = createReadHead(HEADER);
      for (const [i, one] of [...tails, ...tails].entries()) {
        const line = {
          offset: i,
          appended_at: 1_790_000_000_000 + i,
          salt: salted ? 'a1'.repeat(16) : null,
          ...one,
        };
        const head = JSON.stringify(line).slice(0, -1);
        const judgement = judgementOf(line, HEADER);
        expect(readHead(head)).toEqual({ offset: line.offset, appended_at: line.appended_at, judgement });
      }
    }),
  );
});
