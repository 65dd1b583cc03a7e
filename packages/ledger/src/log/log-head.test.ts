// SPDX-License-Identifier: Apache-2.0
// What a batch may hold: the rules by which a notary refuses another's, and by which the log is checked.
import { expect, it } from 'vitest';
import { INDEX_NAMES, type SegmentLeaf } from '../proof/index.ts';
import { LEAF_FORMAT } from '../proof/log-leaf.ts';
import { segmentKey } from '../segment.ts';
import { afterEntries, emptyHead } from './log-head.ts';

const hex = (digit: string) => digit.repeat(64);
const policy = (sha256: string) => JSON.stringify({ format: LEAF_FORMAT, kind: 'policy', sha256 });

function leaf(
  from: number,
  to: number,
  previous: string | null,
  sha256: string,
  more: Partial<SegmentLeaf> = {},
) {
  const index = { entries: 0, root: hex('0') };
  const value: SegmentLeaf = {
    format: LEAF_FORMAT,
    kind: 'segment',
    key: segmentKey('access', 0, from),
    stream: 'access',
    partition: 0,
    from,
    to,
    records: 1,
    counts: { conforming: 0, undetermined: 0, violation: 0, unjudged: 0, unreadable: 1 },
    appended: { first: 1, last: 1 },
    time: null,
    untimed: 1,
    root: hex('1'),
    sha256,
    stored_sha256: hex('2'),
    previous,
    version_id: null,
    policies: [],
    actor_salt_sha256: hex('3'),
    indexes: Object.fromEntries(INDEX_NAMES.map(name => [name, index])) as SegmentLeaf['indexes'],
    ...more,
  };
  return JSON.stringify(value);
}

const first = leaf(0, 4, null, hex('a'));

it('holds each partition’s segments without a hole, and each policy once', () => {
  const { places, policies } = afterEntries(emptyHead(), [
    policy(hex('9')),
    first,
    leaf(5, 6, hex('a'), hex('b')),
  ]);
  expect({ places, policies }).toEqual({
    places: { 'access.0': { next: 7, sha256: hex('b') } },
    policies: [hex('9')],
  });
});

it.each([
  ['no JSON', ['x'], 'entry 0 of the log: no entry that this reader knows'],
  ['another spelling', [`${first} `], 'entry 0 of the log: no entry'],
  [
    'a hole',
    [first, leaf(6, 6, hex('a'), hex('b'))],
    'entry 1 of the log: segments/access/00000/00000000000000000006.jsonl.zst begins at 6, expected 5',
  ],
  ['a segment twice', [first, first], 'begins at 0, expected 5'],
  ['another chain', [first, leaf(5, 6, hex('c'), hex('b'))], 'follows cccc'],
  [
    'a key of another offset',
    [leaf(0, 4, null, hex('a'), { from: 3 })],
    'is not the key of access.0 from 3 on',
  ],
  ['an end before its beginning', [first, leaf(5, 4, hex('a'), hex('b'))], 'ends at 4, before it begins'],
  ['another key', [leaf(0, 4, null, hex('a'), { key: 'segments/x' })], 'segments/x is not the key'],
  ['a policy twice', [policy(hex('9')), policy(hex('9'))], `policy ${hex('9')} is in the log already`],
])('refuses %s', (_, entries, message) => {
  expect(() => afterEntries(emptyHead(), entries)).toThrow(message);
});
