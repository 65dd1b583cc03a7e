// SPDX-License-Identifier: Apache-2.0
import { decode } from '@ashiato/schema';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { describeSegment } from './describe-segment.ts';
import { draftOf, eventText, openTestLedger } from './ledger.testing.ts';
import {
  compareKeys,
  formatLeaf,
  type IndexHead,
  type LookupProof,
  parseLeaf,
  verifyLookup,
  verifyRecord,
} from './proof/index.ts';
import { proveRecord } from './prove-record.ts';
import {
  actorKey,
  formatIndex,
  headOf,
  indexKey,
  lookUp,
  openIndex,
  type SegmentIndex,
} from './segment-index.ts';

const trail = openTestLedger();
afterAll(() => trail.close());

const about = (id: string, data: object) => eventText(id, { data });
const messages = [
  about('0', { subject: { ref: 'K-2' }, refs: { contract: 'C-1' } }),
  about('1', { subject: { ref: 'K-1' }, recipient: { category: 'parent', id: 'P/1' } }),
  about('2', { subject: { ref: '山田太郎' }, recipient: { category: 'parent' } }),
  about('3', { population: { count: 9 }, refs: { contract: 'not a reference' } }),
  '{"no json',
  JSON.stringify(JSON.parse(eventText('5', { data: { subject: { ref: 'K-2' } } })), null, 1),
  JSON.stringify({ ...JSON.parse(eventText('6')), type: 'io.ashiato.beacon.v1', data: undefined }),
];
const committed = await trail.ledger.commit(
  await trail.ledger.takeOver('access', 0),
  draftOf(await trail.ledger.takeOver('access', 0), messages),
);
if (committed === 'lost') throw new Error('nobody else commits here');
const { segment, root } = committed;
const { leaf, index } = await describeSegment(segment);

describe('the indexes of a segment', () => {
  it('list every record under what it names, and under * what cannot be told', () => {
    expect(index.entries.subject).toEqual([
      { key: '*', offsets: [2, 3, 4] },
      { key: 'K-1', offsets: [1] },
      { key: 'K-2', offsets: [0, 5] },
    ]);
    expect(index.entries.contract).toEqual([
      { key: '*', offsets: [3, 4] },
      { key: 'C-1', offsets: [0] },
    ]);
    expect(index.entries.recipient).toEqual([
      { key: '*', offsets: [4] },
      { key: 'parent', offsets: [1, 2] },
      { key: 'parent/P/1', offsets: [1] },
    ]);
    expect(decode('access', Buffer.from(messages[6]!)).kind).toBe('event');
  });

  it('do not name the staff, but answer for one who is named', () => {
    const entry = index.entries.actor.find(({ key }) => key === actorKey(index.actor_salt, 'E-1'));
    expect(entry?.offsets).toEqual([0, 1, 2, 3, 5]);
    expect(JSON.stringify(index)).not.toContain('E-1');
  });

  it('are made again from the stored segment, byte for byte', async () => {
    const read = await trail.ledger.read('access', 0, 0);
    expect(await describeSegment(read!)).toEqual({ leaf, index });
    expect(parseLeaf(formatLeaf(leaf))).toEqual(leaf);
    expect(leaf.root).toBe(root);
    expect(leaf.counts).toEqual({ conforming: 0, undetermined: 0, violation: 0, unjudged: 6, unreadable: 1 });
    expect(leaf).toMatchObject({ untimed: 1, time: { first: Date.parse('2026-04-01T00:30:00Z') } });
  });

  it('are opened only as their log entry says', async () => {
    const stored = await formatIndex(index);
    expect(await openIndex(stored, leaf)).toEqual(index);
    const [first, ...rest] = index.entries.subject;
    const without = { ...index, entries: { ...index.entries, subject: rest } };
    await expect(openIndex(await formatIndex(without), leaf)).rejects.toMatchObject({ code: 'INDEX' });
    const more = { ...index, entries: { ...index.entries, recipient: [...index.entries.recipient, first!] } };
    await expect(openIndex(await formatIndex(more), leaf)).rejects.toThrow('1 entries more');
    await expect(openIndex(Buffer.from('x'), leaf)).rejects.toMatchObject({ code: 'INDEX' });
    expect(indexKey('access', 0, 0)).toBe('indexes/access/00000/00000000000000000000.jsonl.zst');
  });
});

describe('a lookup', () => {
  const keys = fc.uniqueArray(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).filter(key => key.isWellFormed()),
    { maxLength: 12 },
  );
  const indexOf = (names: string[]): { index: SegmentIndex; head: IndexHead } => {
    const entries = names.map((key, i) => ({ key, offsets: [i] })).sort((a, b) => compareKeys(a.key, b.key));
    const empty = { contract: [], actor: [], recipient: [] };
    return {
      index: { segment_sha256: '', actor_salt: '', entries: { subject: entries, ...empty } },
      head: headOf(entries),
    };
  };

  it('orders keys by their bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 }).filter(key => key.isWellFormed());
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareKeys('\u{1f600}', '\uffee')).toBeGreaterThan(0);
  });

  it('proves what is there and what is not, for every key', () => {
    fc.assert(
      fc.property(keys, fc.string({ unit: 'binary', maxLength: 3 }), (names, other) => {
        const { index, head } = indexOf(names);
        for (const [i, key] of names.entries()) {
          expect(verifyLookup(lookUp(index, 'subject', key), key, head)).toEqual({
            outcome: 'present',
            offsets: [i],
          });
        }
        fc.pre(other.isWellFormed() && !names.includes(other));
        expect(verifyLookup(lookUp(index, 'subject', other), other, head)).toEqual({ outcome: 'absent' });
      }),
    );
  });

  it('cannot be made to hide an entry', () => {
    const { index, head } = indexOf(['a', 'c', 'e', 'g']);
    const at = (key: string) => (lookUp(index, 'subject', key) as { found: never }).found;
    const hiding: LookupProof[] = [
      { before: at('a'), after: at('e') },
      { before: null, after: at('e') },
      { before: at('a'), after: null },
      { before: null, after: null },
      lookUp(index, 'subject', 'b'),
      lookUp(index, 'subject', 'd'),
      { before: { ...(at('a') as object), at: 1 } as never, after: at('e') },
    ];
    for (const proof of hiding)
      expect(verifyLookup(proof, 'c', head).outcome, JSON.stringify(proof)).toBe('refused');
    const { found } = lookUp(index, 'subject', 'c') as { found: { entry: object } };
    const fewer = { found: { ...found, entry: { key: 'c', offsets: [7] } } } as LookupProof;
    expect(verifyLookup(fewer, 'c', head)).toEqual({
      outcome: 'refused',
      problem: 'the entry is not at its place in the index',
    });
  });
});

describe('the proof of a record', () => {
  const text = formatLeaf(leaf);
  it.each(messages.map((_, offset) => offset))('%i stands', offset => {
    for (const named of [false, true]) {
      const proof = proveRecord(segment, offset, { leaf: text, named });
      expect(verifyRecord(proof!)).toEqual({ outcome: 'proven', leaf, offset });
      if (!named) expect(JSON.stringify(proof)).not.toContain('E-1');
    }
  });

  it.each([1, 2, 3, 4, 5, 8, 9, 31])('stands in a segment of %i records', async count => {
    const tip = await trail.ledger.takeOver('sizes', count);
    const texts = Array.from({ length: count }, (_, i) => eventText(`${i}`));
    const made = await trail.ledger.commit(tip, draftOf(tip, texts));
    if (made === 'lost') throw new Error('nobody else commits here');
    const described = await describeSegment(made.segment);
    for (let offset = 0; offset < count; offset++) {
      const proof = proveRecord(made.segment, offset, { leaf: formatLeaf(described.leaf), named: false });
      expect(verifyRecord(proof!).outcome).toBe('proven');
    }
  });

  it('names the staff when asked, and only truly', () => {
    const proof = proveRecord(segment, 0, { leaf: text, named: true })!;
    expect(proof.who!.text).toBe('{"id":"E-1","type":"user"}\0\0');
    const other = { ...proof, who: { ...proof.who!, text: proof.who!.text.replace('E-1', 'E-2') } };
    expect(verifyRecord(other).outcome).toBe('refused');
  });

  it('falls with any change', () => {
    const proof = proveRecord(segment, 1, { leaf: text, named: false })!;
    for (const change of [
      { public_line: proof.public_line.replace('billing', 'selling') },
      { at: 1 },
      { who_sha256: proof.who_sha256.replace(/^./, hex => (hex === '0' ? '1' : '0')) },
      { path: proof.path.slice(1) },
      { leaf: text.replace(leaf.root, leaf.sha256) },
      { leaf: `${text} ` },
    ]) {
      expect(verifyRecord({ ...proof, ...change }).outcome, JSON.stringify(change)).toBe('refused');
    }
    expect(proveRecord(segment, 99, { leaf: text, named: false })).toBeUndefined();
  });
});
