// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../encoding.ts';
import { inclusionProof, leafHash, Malformed, rootOf, TlogError } from '../index.ts';
import {
  cosignText,
  createSigner,
  formatCheckpoint,
  formatNote,
  formatVkey,
  type Signer,
  signText,
} from '../note/index.ts';
import { flips, good, type Notes, vectors } from '../vectors.testing.ts';
import { checkPolicy, formatTlogProof, parsePolicy, parseTlogProof, verifyTlogProof } from './index.ts';

const seed = (byte: number) => new Uint8Array(32).fill(byte);
const log = createSigner('example.com/log', seed(1));
const witnesses = [2, 3, 4, 5].map(byte => createSigner(`w${byte}.example`, seed(byte), 'cosignature'));
const vkey = ({ key }: Signer) => formatVkey(key);
const leaves = Array.from({ length: 7 }, (_, i) => leafHash(Uint8Array.of(i)));
const text = formatCheckpoint({ origin: 'example.com/log', size: 7, root: rootOf(concat(leaves)) });

const cosignedBy = (...who: number[]) =>
  formatNote({
    text,
    signatures: [signText(text, log), ...who.map(i => cosignText(text, witnesses[i]!, 1_700_000_000 + i))],
  });
const LINES = [
  `log ${vkey(log)} https://example.com/log`,
  ...witnesses.map((witness, i) => `witness W${i} ${vkey(witness)}`),
];
const policyOf = (...lines: string[]) => good(parsePolicy([...LINES, ...lines].join('\n')));

describe('a policy', () => {
  it('is read, with its comments and white space', () => {
    const policy = good(
      parsePolicy(
        utf8(
          `# 足跡\n\n  log\t${vkey(log)}  \n witness W ${vkey(witnesses[0]!)} https://w.example/\n\t# end\ngroup G all W\nquorum G\n`,
        ),
      ),
    );
    expect(policy).toEqual({
      logs: [{ key: log.key }],
      witnesses: [{ name: 'W', key: witnesses[0]!.key, url: 'https://w.example/' }],
      groups: [{ name: 'G', threshold: 1, members: ['W'] }],
      quorum: 'G',
    });
  });

  it('accepts what k of n witnesses cosigned, through groups', () => {
    const policy = policyOf('group A 2 W0 W1 W2', 'group B any W3', 'group both all A B', 'quorum both');
    expect(checkPolicy(policy, cosignedBy(0, 2, 3))).toMatchObject({
      outcome: 'accepted',
      checkpoint: { size: 7 },
      log: { name: 'example.com/log' },
      witnessed: [
        { witness: { name: 'W0' }, time: 1_700_000_000 },
        { witness: { name: 'W2' } },
        { time: 1_700_000_003 },
      ],
    });
    for (const few of [[], [0, 1, 2], [0, 3], [3]]) {
      expect(checkPolicy(policy, cosignedBy(...few))).toMatchObject({ outcome: 'no_quorum', quorum: 'both' });
    }
  });

  it('counts as its definition does', () => {
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3]), fc.integer({ min: 1, max: 4 }), (who, k) => {
        const policy = policyOf(`group G ${k} W0 W1 W2 W3`, 'quorum G');
        expect(checkPolicy(policy, cosignedBy(...who)).outcome).toBe(
          who.length >= k ? 'accepted' : 'no_quorum',
        );
      }),
      { numRuns: 40 },
    );
  });

  it('may ask for no witness, or for one by name', () => {
    expect(checkPolicy(policyOf('quorum none'), cosignedBy()).outcome).toBe('accepted');
    expect(checkPolicy(policyOf('quorum W1'), cosignedBy(1)).outcome).toBe('accepted');
    expect(checkPolicy(policyOf('quorum W1'), cosignedBy(0)).outcome).toBe('no_quorum');
  });

  it('accepts the word of a log for itself alone', () => {
    const other = createSigner('example.com/other', seed(8));
    const forOther = formatNote({ text, signatures: [signText(text, other)] });
    const policy = good(parsePolicy(`log ${vkey(log)}\nlog ${vkey(other)}\nquorum none\n`));
    expect(checkPolicy(policy, forOther)).toEqual({ outcome: 'unknown_log', origin: 'example.com/log' });
    expect(checkPolicy(good(parsePolicy('quorum none\n')), cosignedBy())).toEqual({ outcome: 'unsigned' });
    // Witnesses vouch for what they have seen, not for who wrote it.
    const noLog = formatNote({ text, signatures: [cosignText(text, witnesses[0]!, 1)] });
    expect(checkPolicy(policyOf('quorum W0'), noLog).outcome).toBe('unknown_log');
  });

  it('rejects a checkpoint with one false cosignature, even where enough are good', () => {
    const [good0, bad] = [0, 1].map(i => cosignText(text, witnesses[i]!, 1));
    const forged = { ...bad!, bytes: bad!.bytes.map((byte, i) => (i === 70 ? byte ^ 1 : byte)) };
    const note = formatNote({ text, signatures: [signText(text, log), good0!, forged] });
    expect(checkPolicy(policyOf('quorum W0'), note)).toMatchObject({
      outcome: 'forged',
      key: { name: 'w3.example' },
    });
  });

  it('holds for a real checkpoint of the public witness network', () => {
    const { arche } = vectors<Notes>('notes');
    const names = arche.witnesses.map((_, i) => `W${i}`);
    const lines = (k: number) => [
      `log ${arche.log}`,
      ...arche.witnesses.map((witness, i) => `witness W${i} ${witness}`),
      `witness absent ${vkey(witnesses[0]!)}`,
      `group G ${k} absent ${names.join(' ')}`,
      'quorum G',
    ];
    expect(checkPolicy(good(parsePolicy(lines(4).join('\n'))), arche.note).outcome).toBe('accepted');
    expect(checkPolicy(good(parsePolicy(lines(5).join('\n'))), arche.note).outcome).toBe('no_quorum');
  });

  const w = (i: number) => `witness W${i} ${vkey(witnesses[i]!)}`;
  it.each([
    ['no quorum', '', 'policy: expected a quorum line, found none'],
    ['two quorums', 'quorum none\nquorum none', 'policy: line 2: expected one quorum line'],
    ['an unknown quorum', 'quorum W', 'policy: line 1: expected a name defined above, found "W"'],
    [
      'an unknown word',
      'witnesses W',
      'policy: line 1: expected log, witness, group or quorum, found "witnesses"',
    ],
    ['a name twice', `${w(0)}\n${w(1).replace('W1', 'W0')}`, 'policy: line 2: expected a name not yet taken'],
    [
      'the name none',
      w(0).replace('W0', 'none'),
      'policy: line 1: expected a name not yet taken, found "none"',
    ],
    ['a key twice', `${w(0)}\n${w(0).replace('W0', 'W1')}`, 'policy: line 2: expected each witness key once'],
    ['a log twice', `log ${vkey(log)}\nlog ${vkey(log)}`, 'policy: line 2: expected each log key once'],
    [
      'a member defined below',
      `group G any W0\n${w(0)}`,
      'policy: line 1: expected members defined above, found "W0"',
    ],
    [
      'a group in itself',
      `${w(0)}\ngroup G any W0 G`,
      'policy: line 2: expected members defined above, found "G"',
    ],
    ['none in a group', 'group G any none', 'policy: line 1: expected members defined above, found "none"'],
    ['a member twice', `${w(0)}\ngroup G any W0 W0`, 'policy: line 2: expected each name in one group only'],
    [
      'no member',
      'group G any',
      'policy: line 1: expected group <name> all|any|<k> <name>..., found 2 words',
    ],
    ['zero of one', `${w(0)}\ngroup G 0 W0`, 'policy: line 2: expected all, any or 1 to 1, found "0"'],
    ['two of one', `${w(0)}\ngroup G 2 W0`, 'policy: line 2: expected all, any or 1 to 1, found "2"'],
    ['minus one', `${w(0)}\ngroup G -1 W0`, 'policy: line 2: expected all, any or 1 to 1, found "-1"'],
    [
      'a witness key for a log',
      `log ${vkey(witnesses[0]!)}`,
      'policy: line 1: expected a log key, of type 0x01 (Ed25519), found one of type 0x04',
    ],
    [
      'a log key for a witness',
      `witness W ${vkey(log)}`,
      'policy: line 1: expected a witness key, of type 0x04',
    ],
    ['a damaged key', `log ${vkey(log).slice(0, -1)}`, 'policy: line 1: vkey: key: expected base64'],
    ['a word too many', `quorum none W`, 'policy: line 1: expected quorum <name>, found 2 words'],
    [
      'a comment behind',
      `log ${vkey(log)} https://a.example # mine`,
      'policy: line 1: expected log <vkey> [<url>]',
    ],
    ['a carriage return', 'quorum none\r', 'policy: line 1: expected no control character, found "\\r"'],
    ['too many bytes', '#'.repeat(65_537), 'policy: expected at most 65536 bytes, found 65537'],
  ])('with %s is refused, and says where', (_, lines, message) => {
    expect((parsePolicy(lines) as Malformed).message).toContain(message);
  });

  it('that is no UTF-8 is refused', () => expect(parsePolicy(Uint8Array.of(0xff))).toBeInstanceOf(Malformed));
});

describe('a proof file', () => {
  const proofOf = (index: number, checkpoint = cosignedBy(0)) =>
    formatTlogProof({ index, hashes: inclusionProof(concat(leaves), index), checkpoint });
  const policy = policyOf('quorum W0');
  const hash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

  it('has the form of the specification', () => {
    const proof = { index: 0, hashes: [new Uint8Array(32)], checkpoint: 'c\n', extra: utf8('x') };
    expect(formatTlogProof(proof)).toBe(`c2sp.org/tlog-proof@v1\nextra eA==\nindex 0\n${hash}\n\nc\n`);
    expect(parseTlogProof(utf8(formatTlogProof(proof)))).toEqual(proof);
    expect(formatTlogProof({ index: 0, hashes: [], checkpoint: 'c\n' })).toBe(
      'c2sp.org/tlog-proof@v1\nindex 0\n\nc\n',
    );
  });

  it('proves every entry to whoever holds the policy', () => {
    for (const [index, leaf] of leaves.entries()) {
      expect(verifyTlogProof(proofOf(index), leaf, policy)).toMatchObject({
        outcome: 'accepted',
        index,
        checkpoint: { size: 7 },
        witnessed: [{ witness: { name: 'W0' } }],
      });
      const other = leaves[(index + 1) % 7]!;
      expect(verifyTlogProof(proofOf(index), other, policy)).toEqual({
        outcome: 'not_included',
        index,
        size: 7,
      });
    }
    expect(verifyTlogProof(proofOf(3, cosignedBy(1)), leaves[3]!, policy).outcome).toBe('no_quorum');
    expect(verifyTlogProof('c2sp.org\n\n', leaves[3]!, policy)).toMatchObject({
      outcome: 'malformed',
      problem: { place: 'proof: line 1' },
    });
  });

  it('with any byte changed is refused', () => {
    // Every signature is needed here: one by an unknown key may be changed, for it counts for nothing.
    const bytes = utf8(proofOf(2));
    expect(verifyTlogProof(bytes, leaves[2]!, policy).outcome).toBe('accepted');
    for (const { at, flipped } of flips(bytes)) {
      expect(verifyTlogProof(flipped, leaves[2]!, policy).outcome, `byte ${at}`).not.toBe('accepted');
    }
  });

  it.each([
    [
      'another first line',
      'wrong\nindex 0\n\nc\n',
      'proof: line 1: expected c2sp.org/tlog-proof@v1, found "wrong"',
    ],
    ['no index', 'c2sp.org/tlog-proof@v1\n\nc\n', 'proof: line 2: expected index and a number'],
    ['an index in words', 'c2sp.org/tlog-proof@v1\nindex one\n\nc\n', 'proof: line 2'],
    ['a negative index', 'c2sp.org/tlog-proof@v1\nindex -5\n\nc\n', 'proof: line 2'],
    ['an index with a zero', 'c2sp.org/tlog-proof@v1\nindex 05\n\nc\n', 'proof: line 2'],
    [
      'extra that is no base64',
      'c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nc\n',
      'proof: line 2: expected base64',
    ],
    [
      'extra twice',
      'c2sp.org/tlog-proof@v1\nextra eA==\nextra eA==\nindex 0\n\nc\n',
      'proof: line 3: expected index',
    ],
    [
      'a short hash',
      'c2sp.org/tlog-proof@v1\nindex 0\neA==\n\nc\n',
      'proof: line 3: expected base64 of 32 bytes',
    ],
    ['no checkpoint', `c2sp.org/tlog-proof@v1\nindex 0\n${hash}\n`, 'proof: expected an empty line before'],
    [
      '64 hashes',
      `c2sp.org/tlog-proof@v1\nindex 0\n${`${hash}\n`.repeat(64)}\nc\n`,
      'proof: expected at most 63 hashes',
    ],
    ['too many bytes', 'a'.repeat(2_000_000), 'proof: expected at most'],
  ])('with %s is refused, and says where', (_, proof, message) => {
    expect((parseTlogProof(proof) as Malformed).message).toContain(message);
  });

  it('that could not be read is not written', () => {
    expect(() => formatTlogProof({ index: -1, hashes: [], checkpoint: 'c\n' })).toThrow(TlogError);
    expect(() => formatTlogProof({ index: 0, hashes: [new Uint8Array(31)], checkpoint: 'c\n' })).toThrow(
      TlogError,
    );
  });
});
