// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys of signed notes (c2sp.org/signed-note): verifier keys (`vkey`) and signer keys (`skey`) as text.
import { concat, fromBase64, toBase64, utf8 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { asValue, type Malformed, refuse, shown } from '../malformed.ts';
import { sha256 } from '../merkle-tree.ts';
import { KEY_BYTES, publicKeyOf, sign } from './ed25519.ts';

/** What a key signs: a note as it stands, or a checkpoint with the time at which it was seen. */
export type SignatureType = 'note' | 'cosignature';

export interface VerifierKey {
  /** Not empty, no white space, no `+`; for a log, its origin. */
  readonly name: string;
  readonly type: SignatureType;
  /** The first four bytes, big endian, of SHA-256(name || 0x0A || type || public key). */
  readonly id: number;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface Signer {
  readonly key: VerifierKey;
  /** Ed25519 over `message` as it is. Whoever keeps the secret elsewhere (a module, a service) gives their own. */
  sign(message: Uint8Array): Uint8Array;
}

const TYPE_BYTES: Record<SignatureType, number> = { note: 0x01, cosignature: 0x04 };
const UNSUPPORTED: Record<number, string> = {
  2: 'ECDSA',
  5: 'an RFC 6962 tree head',
  6: 'ML-DSA-44',
};
const SKEY_PREFIX = 'PRIVATE+KEY+';
const MAX_KEY_CHARACTERS = 4096;
const KEY_NAME = /^[^\p{White_Space}\p{Cs}+]+$/u;

export const isKeyName = (name: string): boolean => KEY_NAME.test(name);

export function verifierKey(name: string, publicKey: Uint8Array, type: SignatureType = 'note'): VerifierKey {
  if (!isKeyName(name))
    throw new TlogError('NOT_WRITABLE', `a key name without white space and +, got ${shown(name)}`);
  if (publicKey.length !== KEY_BYTES) throw new RangeError('an Ed25519 public key is 32 bytes');
  return { name, type, id: keyId(name, type, publicKey), publicKey };
}

/** A signer from 32 secret bytes of good randomness; the same seed may serve both types, each with its own id. */
export function createSigner(name: string, seed: Uint8Array, type: SignatureType = 'note'): Signer {
  if (seed.length !== KEY_BYTES) throw new RangeError('an Ed25519 seed is 32 bytes');
  const key = verifierKey(name, publicKeyOf(seed), type);
  return { key, sign: message => sign(message, seed) };
}

/** `<name>+<id, 8 hex digits>+<base64(type || public key)>` */
export function formatVkey(key: VerifierKey): string {
  return `${key.name}+${hexId(key.id)}+${toBase64(withType(key.type, key.publicKey))}`;
}

export function parseVkey(text: string): VerifierKey | Malformed {
  return asValue(() => {
    const { name, id, type, bytes } = parseKey('vkey', text);
    const key = { name, type, id: keyId(name, type, bytes), publicKey: bytes };
    if (key.id !== id) refuse('vkey: key id', `${hexId(key.id)} for this name and key`, hexId(id));
    return key;
  });
}

/** `PRIVATE+KEY+<name>+<id>+<base64(0x01 || seed)>`: secret. The id is that of the note key. */
export function formatSkey(name: string, seed: Uint8Array): string {
  const { key } = createSigner(name, seed);
  return `${SKEY_PREFIX}${name}+${hexId(key.id)}+${toBase64(withType('note', seed))}`;
}

/** The signer of a note or, with the same secret, of cosignatures. What is refused is never shown: it is secret. */
export function parseSkey(text: string, type: SignatureType = 'note'): Signer | Malformed {
  return asValue(() => {
    if (!text.startsWith(SKEY_PREFIX)) refuse('skey', SKEY_PREFIX, 'another beginning');
    const { name, id, bytes, type: kind } = parseKey('skey', text.slice(SKEY_PREFIX.length));
    if (kind !== 'note') refuse('skey: type', '0x01, Ed25519', 'another');
    if (createSigner(name, bytes).key.id !== id)
      refuse('skey: key id', 'that of this name and key', 'another');
    return createSigner(name, bytes, type);
  });
}

interface KeyText {
  name: string;
  id: number;
  type: SignatureType;
  bytes: Uint8Array;
}

function parseKey(what: 'vkey' | 'skey', text: string): KeyText {
  const found = (part: string) => (what === 'skey' ? 'something else' : shown(part));
  if (text.length > MAX_KEY_CHARACTERS)
    refuse(what, `at most ${MAX_KEY_CHARACTERS} characters`, `${text.length}`);
  // The base64 may hold a plus of its own; the name and the id may not.
  const [, name, id, base64] =
    /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? refuse(what, 'name+id+key', found(text));
  if (!isKeyName(name!)) refuse(`${what}: name`, 'a name without white space', found(name!));
  if (!/^[0-9a-f]{8}$/.test(id!)) refuse(`${what}: key id`, '8 lower-case hex digits', found(id!));
  const bytes = fromBase64(base64!) ?? refuse(`${what}: key`, 'base64', found(base64!));
  const type = typeOf(what, bytes);
  if (bytes.length !== 1 + KEY_BYTES) refuse(`${what}: key`, '1 + 32 bytes', `${bytes.length}`);
  return { name: name!, id: Number.parseInt(id!, 16), type, bytes: bytes.subarray(1) };
}

function typeOf(what: string, [byte]: Uint8Array): SignatureType {
  if (byte === TYPE_BYTES.note) return 'note';
  if (byte === TYPE_BYTES.cosignature) return 'cosignature';
  const name =
    byte === undefined ? 'nothing' : (UNSUPPORTED[byte] ?? `0x${byte.toString(16).padStart(2, '0')}`);
  return refuse(`${what}: type`, '0x01 (Ed25519) or 0x04 (Ed25519 cosignature)', name);
}

function keyId(name: string, type: SignatureType, publicKey: Uint8Array): number {
  const digest = sha256(concat([utf8(`${name}\n`), withType(type, publicKey)]));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

const withType = (type: SignatureType, key: Uint8Array) => concat([Uint8Array.of(TYPE_BYTES[type]), key]);
const hexId = (id: number) => id.toString(16).padStart(8, '0');
