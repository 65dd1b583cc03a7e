// SPDX-License-Identifier: Apache-2.0
// Whatever comes from outside, a parser answers: with what it read, or with where it is malformed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as tlog from './all-doors.testing.ts';
import { type Notes, vectors } from './vectors.testing.ts';

const { spec, peter, arche } = vectors<Notes>('notes');
const hash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const parsers: { name: string; parse: (text: string) => unknown; sample: string }[] = [
  { name: 'parseNote', parse: tlog.parseNote, sample: arche.note },
  { name: 'parseCheckpoint', parse: tlog.parseCheckpoint, sample: `a\n1\n${hash}\nx\n` },
  { name: 'parseVkey', parse: tlog.parseVkey, sample: spec.vkey },
  { name: 'parseSkey', parse: text => tlog.parseSkey(text), sample: peter.skey },
  { name: 'parseTilePath', parse: tlog.parseTilePath, sample: 'tile/0/x001/234.p/5' },
  { name: 'parsePolicy', parse: tlog.parsePolicy, sample: `log ${spec.vkey}\nquorum none\n` },
  {
    name: 'parseTlogProof',
    parse: tlog.parseTlogProof,
    sample: `c2sp.org/tlog-proof@v1\nindex 1\n${hash}\n\na\n`,
  },
  { name: 'parseBundle', parse: text => tlog.parseBundle(Buffer.from(text), 2), sample: '\0\x01a\0\0' },
];

describe.each(parsers)('$name', ({ parse, sample }) => {
  it('reads the sample', () => expect(parse(sample)).not.toBeInstanceOf(tlog.Malformed));

  it('never throws', () => {
    const cutAndJoined = fc
      .tuple(fc.nat(sample.length), fc.nat(sample.length), fc.string({ unit: 'binary', maxLength: 9 }))
      .map(([from, to, middle]) => sample.slice(0, from) + middle + sample.slice(to));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), cutAndJoined), text => {
        const parsed = parse(text);
        if (!(parsed instanceof tlog.Malformed)) return;
        expect(parsed.message).toBe(`${parsed.place}: expected ${parsed.expected}, found ${parsed.found}`);
        expect(parsed.found.length).toBeLessThan(300);
      }),
      { numRuns: 300 },
    );
  });
});
