// SPDX-License-Identifier: Apache-2.0
import { SEGMENT_FORMAT, type SegmentHeader } from '@ashiato/schema';
import { expect, it } from 'vitest';
import { createOpenSegment } from './open-segment.ts';
import type { EventDraft } from './record-draft.ts';

function eventDraft(offset: number, letters: number): EventDraft {
  const text = JSON.stringify({ data: { actor: { id: 'E-1' }, session: 'x'.repeat(letters) } });
  return {
    kind: 'event',
    offset,
    appendedAt: 1_700_000_000_000,
    text,
    bytes: Buffer.from(text),
    verdict: 'null',
  };
}

function header(to: number, sources: number): SegmentHeader {
  return {
    format: SEGMENT_FORMAT,
    stream: 'access',
    partition: 0,
    from: 0,
    to,
    records: to + 1,
    gaps: [],
    previous: null,
    policies: [],
    sources: Array.from({ length: sources }, (_, i) => ({
      source: `/services/${i}`,
      epoch: '1',
      highest: i,
    })),
    keys: null,
    cluster_id: null,
    created_at: '2026-11-23T00:00:00Z',
    recorder: 'test',
    evaluator: 'test',
  };
}

it('holds lines of every size, and a header larger than the room left for it', () => {
  for (const sources of [0, 1, 5_000]) {
    const open = createOpenSegment();
    for (let offset = 0; offset < 300; offset++) open.append(eventDraft(offset, offset * 150));
    const { raw } = open.close(header(299, sources));
    const lines = raw.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(301);
    expect(JSON.parse(lines[0]!)).toEqual(header(299, sources));
    expect(JSON.parse(lines[300]!).event.data.session).toHaveLength(299 * 150);
  }
});

it('leaves nothing of one segment in the next that grows in its memory', () => {
  const first = createOpenSegment();
  for (let offset = 0; offset < 100; offset++) first.append(eventDraft(offset, 200));
  const { memory } = first.close(header(99, 0));
  const second = createOpenSegment(memory);
  second.append(eventDraft(0, 3));
  const { raw } = second.close(header(0, 0));
  expect(raw.toString()).not.toContain('xxxx');
});

it('spells offsets and times of any size', () => {
  const offsets = [0, 9, 10, 99, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 10 ** 15, Number.MAX_SAFE_INTEGER];
  const open = createOpenSegment();
  for (const offset of offsets) open.append({ ...eventDraft(offset, 1), appendedAt: offset });
  const lines = open.close(header(0, 0)).raw.toString().trimEnd().split('\n').slice(1);
  expect(lines.map(line => JSON.parse(line).offset)).toEqual(offsets);
  expect(lines.map(line => JSON.parse(line).appended_at)).toEqual(offsets);
});
