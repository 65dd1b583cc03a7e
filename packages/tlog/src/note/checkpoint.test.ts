// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { TlogError } from '../errors.ts';
import { type Malformed, rootOf, toHex } from '../index.ts';
import { flips, good, type Notes, vectors } from '../vectors.testing.ts';
import {
  cosignText,
  createSigner,
  formatCheckpoint,
  formatNote,
  openCheckpoint,
  parseCheckpoint,
  parseVkey,
  signText,
} from './index.ts';

const { sumdb, arche } = vectors<Notes>('notes');
const log = createSigner('example.com/log', new Uint8Array(32).fill(1));
const witness = createSigner('witness.example/w', new Uint8Array(32).fill(2), 'cosignature');
const origin = 'example.com/log';
const text = formatCheckpoint({ origin, size: 5, root: rootOf(new Uint8Array(64)) });
const signed = formatNote({ text, signatures: [signText(text, log)] });

describe('a checkpoint', () => {
  it('of the Go checksum database is opened', () => {
    const keys = { origin: sumdb.origin, logs: [good(parseVkey(sumdb.vkey))] };
    expect(openCheckpoint(sumdb.note, keys)).toMatchObject({
      outcome: 'verified',
      checkpoint: { origin: sumdb.origin, size: sumdb.size, extensions: [] },
    });
  });

  it('of a certificate log carries the cosignatures of four witnesses', () => {
    const keys = {
      origin: arche.log.split('+')[0]!,
      logs: [good(parseVkey(arche.log))],
      witnesses: arche.witnesses.map(vkey => good(parseVkey(vkey))),
    };
    const opened = openCheckpoint(arche.note, keys);
    if (opened.outcome !== 'verified') throw new Error(opened.outcome);
    expect(opened.checkpoint.size).toBe(1_432_088_532);
    expect(opened.signed.map(({ key }) => key.name).sort()).toEqual(
      [...keys.logs, ...keys.witnesses].map(({ name }) => name).sort(),
    );
    expect(opened.signed.map(({ time }) => time ?? arche.time)).toEqual(Array(5).fill(arche.time));
    const other = arche.note.replace('1432088532', '1432088533');
    expect(openCheckpoint(other, keys).outcome).toBe('forged');
  });

  it('is read as it was written, with its extensions', () => {
    const root = rootOf(new Uint8Array(32));
    const written = formatCheckpoint({ origin, size: 1, root, extensions: ['a', 'b c'] });
    const parsed = good(parseCheckpoint(written));
    expect({ ...parsed, root: toHex(parsed.root) }).toEqual({
      origin,
      size: 1,
      root: toHex(root),
      extensions: ['a', 'b c'],
    });
  });

  it('needs the log: witnesses alone are not enough', () => {
    const keys = { origin, logs: [log.key], witnesses: [witness.key] };
    const cosignature = cosignText(text, witness, 1_700_000_000);
    const both = formatNote({ text, signatures: [signText(text, log), cosignature] });
    expect(openCheckpoint(both, keys)).toMatchObject({
      outcome: 'verified',
      signed: [{ key: log.key }, { key: witness.key, time: 1_700_000_000 }],
    });
    expect(openCheckpoint(formatNote({ text, signatures: [cosignature] }), keys)).toEqual({
      outcome: 'unsigned',
    });
  });

  it('of another log is told', () => {
    const other = formatCheckpoint({
      origin: 'example.com/other',
      size: 5,
      root: rootOf(new Uint8Array(64)),
    });
    const note = formatNote({ text: other, signatures: [signText(other, log)] });
    expect(openCheckpoint(note, { origin, logs: [log.key] })).toEqual({
      outcome: 'other_log',
      origin: 'example.com/other',
    });
  });

  it('with any byte changed is refused', () => {
    const keys = { origin, logs: [log.key] };
    expect(openCheckpoint(signed, keys).outcome).toBe('verified');
    for (const { at, flipped } of flips(Buffer.from(signed))) {
      expect(openCheckpoint(flipped, keys).outcome, `byte ${at}`).not.toBe('verified');
    }
  });

  it('that is signed and malformed is malformed', () => {
    const note = formatNote({ text: 'a\nb\nc\n', signatures: [signText('a\nb\nc\n', log)] });
    expect(openCheckpoint(note, { origin: 'a', logs: [log.key] })).toMatchObject({
      outcome: 'malformed',
      problem: { place: 'checkpoint: line 2' },
    });
  });

  const root = text.split('\n')[2]!;
  it.each([
    ['no newline', 'a\n1', 'checkpoint: expected a newline at the end, found none'],
    ['an empty origin', `\n1\n${root}\n`, 'checkpoint: line 1: expected an origin, found nothing'],
    ['two lines', 'a\n1\n', 'checkpoint: expected at least 3 lines, found 2'],
    [
      'a leading zero',
      `a\n01\n${root}\n`,
      'checkpoint: line 2: expected a tree size up to 2^53 - 1, found "01"',
    ],
    ['a sign', `a\n+1\n${root}\n`, 'checkpoint: line 2'],
    ['too large a size', `a\n9007199254740992\n${root}\n`, 'checkpoint: line 2'],
    ['a short root', 'a\n1\nAAAA\n', 'checkpoint: line 3: expected base64 of 32 bytes, found "AAAA"'],
    ['a root without padding', `a\n1\n${root.slice(0, -1)}\n`, 'checkpoint: line 3'],
    ['a root for nothing', `a\n0\n${root}\n`, 'checkpoint: line 3: expected the empty root'],
    [
      'an empty extension',
      `a\n1\n${root}\nx\n\n`,
      'checkpoint: line 5: expected an extension, found an empty line',
    ],
  ])('with %s is refused, and says where', (_, body, message) => {
    expect((parseCheckpoint(body) as Malformed).message).toContain(message);
  });

  it('that could not be read is not written', () => {
    const root32 = rootOf(new Uint8Array(64));
    for (const checkpoint of [
      { origin: '', size: 1, root: root32 },
      { origin: 'a\nb', size: 1, root: root32 },
      { origin: 'a', size: 0.5, root: root32 },
      { origin: 'a', size: 0, root: root32 },
      { origin: 'a', size: 1, root: new Uint8Array(31) },
      { origin: 'a', size: 1, root: root32, extensions: ['b\nc'] },
      { origin: 'a', size: 1, root: root32, extensions: [''] },
    ]) {
      expect(() => formatCheckpoint(checkpoint), JSON.stringify(checkpoint)).toThrow(TlogError);
    }
  });
});
