// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TlogError } from '../errors.ts';
import { Malformed } from '../malformed.ts';
import { flips, good, type Notes, vectors } from '../vectors.testing.ts';
import {
  cosignText,
  createSigner,
  formatNote,
  formatSkey,
  formatVkey,
  openNote,
  parseNote,
  parseSkey,
  parseVkey,
  type SignatureType,
  signText,
  verifierKey,
} from './index.ts';

const { spec, peter, enoch, bad_vkeys } = vectors<Notes>('notes');
const seed = (byte: number) => new Uint8Array(32).fill(byte);
const log = createSigner('example.com/log', seed(1));
const witness = createSigner('witness.example/w', seed(2), 'cosignature');
const TEXT = 'one\n\ntwo\n';

describe('keys', () => {
  it.each([spec.vkey, peter.vkey, enoch.vkey])('%s is read and written', vkey => {
    expect(formatVkey(good(parseVkey(vkey)))).toBe(vkey);
  });

  it('of a signer give the published verifier key', () => {
    const signer = good(parseSkey(peter.skey));
    expect(formatVkey(signer.key)).toBe(peter.vkey);
    expect(
      formatSkey('PeterNeumann', Buffer.from(peter.skey.split('+').slice(4).join('+'), 'base64').subarray(1)),
    ).toBe(peter.skey);
  });

  it('of one secret differ by what they sign', () => {
    const cosigner = good(parseSkey(peter.skey, 'cosignature'));
    expect(cosigner.key.publicKey).toEqual(good(parseVkey(peter.vkey)).publicKey);
    expect(cosigner.key.id).not.toBe(good(parseVkey(peter.vkey)).id);
    expect(good(parseVkey(formatVkey(cosigner.key))).type).toBe('cosignature');
  });

  it.each(bad_vkeys)('%s is refused', vkey => expect(parseVkey(vkey)).toBeInstanceOf(Malformed));

  it('with any byte changed are refused', () => {
    for (const { at, flipped } of flips(Buffer.from(peter.vkey))) {
      expect(parseVkey(Buffer.from(flipped).toString('latin1')), `byte ${at}`).toBeInstanceOf(Malformed);
    }
    for (const { at, flipped } of flips(Buffer.from(peter.skey))) {
      const parsed = parseSkey(Buffer.from(flipped).toString('latin1'));
      expect(parsed, `byte ${at}`).toBeInstanceOf(Malformed);
      expect((parsed as Malformed).message).not.toContain('KFALVF');
    }
  });

  it('say where and what', () => {
    const refusal = parseVkey('example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    expect(refusal).toMatchObject({
      message: 'vkey: key id: expected 530d903a for this name and key, found 530d903b',
    });
    expect(parseVkey(`a+00000000+${Buffer.of(6, ...seed(1)).toString('base64')}`)).toMatchObject({
      found: 'ML-DSA-44',
    });
    expect(parseVkey('x'.repeat(5000))).toBeInstanceOf(Malformed);
  });

  it('have names without white space and plus', () => {
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\u3000b', 'a\u0085b']) {
      expect(() => verifierKey(name, seed(1))).toThrow(TlogError);
    }
    expect(verifierKey('足跡.example/ログ', seed(1)).name).toBe('足跡.example/ログ');
  });
});

describe('signatures', () => {
  it('are those of OpenSSL, both ways', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 99 }),
        (secret, text) => {
          const { key, sign } = createSigner('n', secret);
          const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.publicKey).toString('base64url') };
          expect(nodeVerify(null, text, createPublicKey({ key: jwk, format: 'jwk' }), sign(text))).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = verifierKey('n', Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url'));
    const bytes = new Uint8Array(nodeSign(null, Buffer.from(TEXT), privateKey));
    const note = formatNote({ text: TEXT, signatures: [{ name: 'n', keyId: key.id, bytes }] });
    expect(openNote(note, [key]).outcome).toBe('verified');
  });

  it('of the published notes are made again, byte for byte', () => {
    const note = formatNote({
      text: peter.text,
      signatures: [signText(peter.text, good(parseSkey(peter.skey)))],
    });
    expect(note).toBe(`${peter.text}\n${peter.signature}`);
  });
});

describe('a note', () => {
  const both = `${peter.text}\n${peter.signature}${enoch.signature}`;
  const keys = [peter.vkey, enoch.vkey].map(vkey => good(parseVkey(vkey)));

  it('of others is opened', () => {
    expect(openNote(spec.note, [good(parseVkey(spec.vkey))])).toMatchObject({
      outcome: 'verified',
      text: 'This is an example message.\n',
    });
    expect(openNote(Buffer.from(both), keys)).toMatchObject({
      outcome: 'verified',
      signed: keys.map(key => ({ key })),
    });
  });

  it('counts for a signer once, and by no key that is not known', () => {
    expect(openNote(both + peter.signature, keys.slice(0, 1))).toMatchObject({ signed: [{ key: keys[0] }] });
    expect(openNote(both, [])).toEqual({ outcome: 'unsigned' });
    // Same name, other key: another id.
    expect(openNote(both, [createSigner('PeterNeumann', seed(9)).key])).toEqual({ outcome: 'unsigned' });
  });

  it('is rejected when a known key is named falsely, however many sign well', () => {
    const forged = signText('another text\n', log);
    const note = formatNote({ text: TEXT, signatures: [signText(TEXT, log), forged] });
    expect(openNote(note, [log.key])).toEqual({ outcome: 'forged', key: log.key });
    // A cosignature is no note signature, even of the same text by the same secret.
    const cosigner = createSigner('example.com/log', seed(1), 'cosignature');
    const asNote = { ...cosignText(TEXT, cosigner, 1), keyId: log.key.id };
    expect(openNote(formatNote({ text: TEXT, signatures: [asNote] }), [log.key]).outcome).toBe('forged');
  });

  it('splits at its last empty line', () => {
    const note = formatNote({ text: TEXT, signatures: [signText(TEXT, log)] });
    expect(openNote(note, [log.key])).toMatchObject({ outcome: 'verified', text: TEXT });
  });

  it('with any byte changed is refused', () => {
    for (const source of [
      { note: spec.note, keys: [good(parseVkey(spec.vkey))] },
      {
        note: formatNote({ text: TEXT, signatures: [cosignText(TEXT, witness, 1_700_000_000)] }),
        keys: [witness.key],
      },
    ]) {
      expect(openNote(Buffer.from(source.note), source.keys).outcome).toBe('verified');
      for (const { at, flipped } of flips(Buffer.from(source.note))) {
        expect(openNote(flipped, source.keys).outcome, `byte ${at}`).not.toBe('verified');
      }
    }
  });

  it('cut anywhere is refused', () => {
    const bytes = Buffer.from(spec.note);
    for (let end = 0; end < bytes.length; end++) {
      expect(openNote(bytes.subarray(0, end), [good(parseVkey(spec.vkey))]).outcome).not.toBe('verified');
    }
  });

  it.each([
    ['no empty line', 'text\n', 'note: expected an empty line between text and signatures, found none'],
    ['no newline at the end', `${both.slice(0, -1)}`, 'note: expected a newline at the end, found none'],
    ['no signatures', 'text\n\n', 'note: expected at least one signature, found none'],
    [
      'a tab',
      `a\tb\n\n${peter.signature}`,
      'note: character 2: expected no control character but newline, found "\\t"',
    ],
    ['a carriage return', `a\r\n\n${peter.signature}`, 'note: character 2: expected no control character'],
    ['half a character', `\ud800\n\n${peter.signature}`, 'note: expected UTF-8'],
    [
      'a hyphen for a dash',
      both.replace('— Peter', '- Peter'),
      'note: signature line 1: expected an em dash',
    ],
    [
      'a name with a space',
      both.replace('PeterNeumann', 'Peter Neumann'),
      'note: signature line 1: expected base64',
    ],
    ['base64 without padding', both.replace('nAM=', 'nAM'), 'note: signature line 1: expected base64'],
    [
      'too short a signature',
      `a\n\n— a AAAA\n`,
      'note: signature line 1: expected a key id of 4 bytes and a signature',
    ],
    [
      '101 signatures',
      `a\n\n${enoch.signature.repeat(101)}`,
      'note: expected at most 100 signatures, found 101',
    ],
    ['a million bytes', 'a'.repeat(1_000_001), 'note: expected at most 1000000 bytes'],
  ])('with %s is refused, and says where', (_, note, message) => {
    expect((parseNote(note) as Malformed).message).toContain(message);
  });

  it('of bytes that are no UTF-8 is refused', () => {
    expect(parseNote(Buffer.concat([Buffer.of(0xff), Buffer.from(both)]))).toBeInstanceOf(Malformed);
    // Over-long forms and a lost byte order mark would be second spellings.
    expect(parseNote(Buffer.from(both.replace('If', '\ufeffIf')))).toMatchObject({
      text: `\ufeff${peter.text}`,
    });
  });

  it('with 100 signatures of others is opened', () => {
    const others = Array.from({ length: 99 }, (_, i) => ({ name: `other${i}`, keyId: i, bytes: seed(3) }));
    const note = formatNote({ text: TEXT, signatures: [...others, signText(TEXT, log)] });
    expect(openNote(note, [log.key]).outcome).toBe('verified');
  });

  it('is read as it was written', () => {
    const names = fc.stringMatching(/^[a-zé足]{1,9}$/);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        names,
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        (line, name, bytes) => {
          fc.pre([...line].every(character => character >= ' '));
          const note = { text: `${line}\n`, signatures: [{ name, keyId: 7, bytes }] };
          expect(parseNote(Buffer.from(formatNote(note)))).toEqual(note);
        },
      ),
    );
  });

  it('that could not be read is not written', () => {
    for (const text of ['no newline', 'a\tb\n', '\ud800\n']) {
      expect(() => formatNote({ text, signatures: [signText(text, log)] })).toThrow(TlogError);
    }
    expect(() => formatNote({ text: 'a\n', signatures: [] })).toThrow(TlogError);
    expect(() => signText(TEXT, witness)).toThrow(TlogError);
    expect(() => cosignText(TEXT, log, 1)).toThrow(TlogError);
    expect(() => cosignText(TEXT, witness, -1)).toThrow(RangeError);
  });

  it('is not opened with two keys that no signature tells apart', () => {
    const type: SignatureType = 'note';
    const twin = { ...log.key, type, publicKey: witness.key.publicKey };
    expect(() => openNote(both, [log.key, twin])).toThrow(
      expect.objectContaining({ code: 'KEYS_AMBIGUOUS' }),
    );
  });
});
