// SPDX-License-Identifier: Apache-2.0
// Signed notes (c2sp.org/signed-note): text, an empty line, signature lines. Parsed here, verified in `open-note.ts`.
import { concat, fromBase64, textOf, toBase64, utf8 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { asValue, Malformed, refuse, shown } from '../malformed.ts';
import { isKeyName, type Signer } from './keys.ts';

/** As in the reference implementation (golang.org/x/mod/sumdb/note); the format asks for at least 16 signatures. */
export const MAX_NOTE_BYTES = 1_000_000;
export const MAX_SIGNATURES = 100;

export interface NoteSignature {
  /** Name and id say which key is claimed to have signed. */
  readonly name: string;
  readonly keyId: number;
  /** What follows the id: its form depends on the key's type. */
  readonly bytes: Uint8Array;
}

export interface Note {
  /** Ends in a newline; not yet to be believed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const SIGNATURE_START = '— ';

/** Untrusted input: a note from anywhere, as bytes or as the text they are. */
export function parseNote(note: Uint8Array | string): Note | Malformed {
  return asValue(() => {
    const whole = wellFormed(note);
    const end = whole.lastIndexOf('\n\n');
    if (end < 0) refuse('note', 'an empty line between text and signatures', 'none');
    const lines = whole.slice(end + 2).split('\n');
    if (lines.pop() !== '') refuse('note', 'a newline at the end', 'none');
    if (lines.length === 0) refuse('note', 'at least one signature', 'none');
    if (lines.length > MAX_SIGNATURES)
      refuse('note', `at most ${MAX_SIGNATURES} signatures`, `${lines.length}`);
    return { text: whole.slice(0, end + 1), signatures: lines.map(parseSignature) };
  });
}

function wellFormed(note: Uint8Array | string): string {
  if (note.length > MAX_NOTE_BYTES) refuse('note', `at most ${MAX_NOTE_BYTES} bytes`, `${note.length}`);
  const text = typeof note === 'string' ? note : (textOf(note) ?? refuse('note', 'UTF-8', 'other bytes'));
  if (!text.isWellFormed()) refuse('note', 'UTF-8', 'half a character');
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) < 0x20 && text[at] !== '\n') {
      refuse(`note: character ${at + 1}`, 'no control character but newline', shown(text[at]!));
    }
  }
  return text;
}

function parseSignature(line: string, index: number): NoteSignature {
  const place = `note: signature line ${index + 1}`;
  if (!line.startsWith(SIGNATURE_START)) refuse(place, 'an em dash and a space', shown(line));
  const space = line.indexOf(' ', SIGNATURE_START.length);
  const name = line.slice(SIGNATURE_START.length, space < 0 ? undefined : space);
  if (space < 0 || !isKeyName(name)) refuse(place, 'a key name and a space', shown(line));
  const bytes = fromBase64(line.slice(space + 1)) ?? refuse(place, 'base64', shown(line.slice(space + 1)));
  if (bytes.length < 5) refuse(place, 'a key id of 4 bytes and a signature', `${bytes.length} bytes`);
  return { name, keyId: new DataView(bytes.buffer).getUint32(0), bytes: bytes.subarray(4) };
}

/** The bytes of a note, as text. @throws TlogError NOT_WRITABLE for what `parseNote` would refuse. */
export function formatNote({ text, signatures }: Note): string {
  const note = `${text}\n${signatures.map(formatSignature).join('')}`;
  const parsed = text.endsWith('\n')
    ? parseNote(note)
    : new Malformed('note text', 'a newline at its end', 'none');
  if (parsed instanceof Malformed) throw new TlogError('NOT_WRITABLE', parsed.message);
  return note;
}

/** One signature line with its newline: what a witness answers. */
export function formatSignature({ name, keyId, bytes }: NoteSignature): string {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, keyId);
  return `${SIGNATURE_START}${name} ${toBase64(concat([id, bytes]))}\n`;
}

/** Signs `text` (ending in a newline) as it stands. */
export function signText(text: string, signer: Signer): NoteSignature {
  const { name, id, type } = signer.key;
  if (type !== 'note') throw new TlogError('NOT_WRITABLE', `${name} signs cosignatures, not notes`);
  return { name, keyId: id, bytes: signer.sign(utf8(text)) };
}
