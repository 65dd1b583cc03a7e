// SPDX-License-Identifier: Apache-2.0

import { compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import type { AccessRecord } from '@ashiato/sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TrailRead } from './api-deps.ts';
import { createReadRecorder } from './record-reads.ts';

let recorded: AccessRecord[];
let time: number;
let recordRead: (read: TrailRead) => Promise<void>;
const read = (subjects: string[], more: Partial<TrailRead> = {}): TrailRead => ({
  reader: 'token-1',
  role: 'investigator',
  operation: 'list_records',
  case: null,
  filters: [],
  subjects,
  records: subjects.length,
  ...more,
});

beforeEach(() => {
  recorded = [];
  time = 0;
  const trail = {
    async record(event: AccessRecord) {
      recorded.push(event);
      return { id: '', source: '', epoch: 0, sequence: 0 };
    },
  };
  recordRead = createReadRecorder({ trail, now: () => time });
});

describe('reads of the trail', () => {
  it('give one event per person, as parts of one act', async () => {
    await recordRead(read(['K-1', 'K-2'], { case: 'CASE-7' }));
    expect(recorded.map(event => event.subject?.ref)).toEqual(['K-1', 'K-2']);
    expect(recorded.map(event => event.part?.index)).toEqual([1, 2]);
    expect(new Set(recorded.map(event => event.part?.operation_id)).size).toBe(1);
    expect(recorded[0]).toMatchObject({
      purpose: 'audit_review',
      refs: { order: 'CASE-7' },
      actor: { id: 'token-1' },
    });
  });

  it('of the same person within ten minutes are one look; another reader, case or time is another', async () => {
    await recordRead(read(['K-1']));
    await recordRead(read(['K-1', 'K-2']));
    expect(recorded.map(event => event.subject?.ref)).toEqual(['K-1', 'K-2']);
    await recordRead(read(['K-1'], { reader: 'token-2' }));
    await recordRead(read(['K-1'], { case: 'CASE-7' }));
    time = 10 * 60_000;
    await recordRead(read(['K-1']));
    expect(recorded).toHaveLength(5);
  });

  it('that show nobody are recorded too, once in ten minutes', async () => {
    await recordRead(read([]));
    await recordRead(read([]));
    expect(recorded.map(event => event.population)).toEqual([{ count: 0 }]);
  });

  it('conform with a case and leave a question without one', async () => {
    const judge = compile(await loadPolicies(shippedPolicy()));
    await recordRead(read(['K-1']));
    await recordRead(read(['K-1'], { case: 'CASE-7' }));
    const outcomes = recorded.map(data => judge.evaluate({ time: '2026-11-23T00:00:00Z', data }).outcome);
    expect(outcomes).toEqual(['undetermined', 'conforming']);
  });
});
