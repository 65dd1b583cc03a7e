// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleRecords } from '../test/sample-records.ts';
import { type Feed, isRoutine, isSample, joinNewest, joinOlder, recordKind } from './records-feed.ts';

const all = sampleRecords(200);
const PAGE = 10;

/** The page of a trail that grew to its `size` oldest records; newest first, as the API answers. */
function pageOf(size: number, cursor: string | null) {
  const trail = all.slice(all.length - size);
  const start = cursor === null ? 0 : trail.findIndex(record => record.id === cursor) + 1;
  const items = trail.slice(start, start + PAGE);
  return { items, next_cursor: start + PAGE >= size ? null : items.at(-1)!.id };
}

test('whatever arrives between reads, the list is the newest records without a gap or a repeat', () => {
  const step = fc.oneof(fc.record({ arrive: fc.nat(25) }), fc.constant({ more: true as const }));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.array(step, { maxLength: 12 }), (first, steps) => {
      let size = first;
      let top = first;
      let feed: Feed = joinNewest(undefined, pageOf(size, null));
      for (const move of steps) {
        if ('more' in move) {
          if (feed.cursor !== null) feed = joinOlder(feed, pageOf(size, feed.cursor));
        } else {
          size = Math.min(all.length, size + move.arrive);
          top = size;
          feed = joinNewest(feed, pageOf(size, null));
        }
        const trail = all.slice(all.length - top);
        expect(feed.records).toEqual(trail.slice(0, feed.records.length));
        expect(feed.cursor === null).toBe(feed.records.length === trail.length);
      }
    }),
  );
});

test('kinds: only seals and beacons are routine; bytes that are no event stay in sight', () => {
  const kinds = (type: string, unreadable = '') => recordKind({ type, unreadable });
  expect(kinds('io.ashiato.access.v1')).toBe('access');
  expect(kinds('io.ashiato.seal.v1')).toBe('seal');
  expect(kinds('', 'not_json')).toBe('unreadable');
  expect(all.filter(isRoutine).map(record => record.type)).toEqual(['io.ashiato.beacon.v1']);
});

test('sample data is told by the beginning of its source alone', () => {
  expect(isSample({ source: '/sample/customer-desk' })).toBe(true);
  expect(isSample({ source: '/crm/sample/desk' })).toBe(false);
  expect(isSample({ source: '/samples' })).toBe(false);
});
