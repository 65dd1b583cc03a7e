// SPDX-License-Identifier: Apache-2.0
// The rows made beside a segment are, byte for byte, those that a rebuild makes of it.
import { createSegmentRows, readSegmentRows } from '@ashiato/warehouse';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Recorded } from './record-chunk.ts';
import { accessEvent, openTestTrail, type TestTrail } from './recorder.testing.ts';

let trail: TestTrail;
beforeEach(async () => {
  trail = await openTestTrail();
});
afterEach(() => trail.close());

it('for records of every kind', async () => {
  const kept: Recorded[] = [];
  const recorder = trail.start({ rowsOf: createSegmentRows(), onCommitted: recorded => kept.push(recorded) });
  const numbered = (id: string, sequence: number) => accessEvent(id, { source: '/numbered', sequence });
  const waves = [
    [
      accessEvent('plain'),
      accessEvent('refused', { data: { purpose: 'selling_addresses' } }),
      accessEvent('stray', { data: { note: '山田太郎' } }),
      accessEvent('malformed', { data: { subject: { ref: '山田太郎' }, actor: '山田' } }),
      accessEvent('broken-line').replace('{', '{\n'),
      accessEvent('escaped').replace('"id"', '"\\u0069d"'),
      accessEvent('late', { time: '2020-01-01T00:00:00Z' }),
      Buffer.from([0xff, 0xfe]),
      null,
    ],
    [numbered('n1', 1), numbered('n5', 5), numbered('n3', 3), numbered('n5', 5), numbered('n5-other', 5)],
  ];
  let next = 0;
  for (const wave of waves) {
    await trail.send(wave);
    next += wave.length;
    await trail.committed(next);
  }
  await recorder.stop();
  const segments = await trail.chain();
  expect(kept.map(({ segment }) => segment.key)).toEqual(segments.map(({ key }) => key));
  for (const [i, segment] of segments.entries()) {
    const { block, tally } = await readSegmentRows(segment);
    expect(kept[i]!.rows!.tally).toEqual(tally);
    expect(kept[i]!.rows!.block.equals(block)).toBe(true);
  }
});
