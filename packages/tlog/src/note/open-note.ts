// SPDX-License-Identifier: Apache-2.0
import { equalBytes, utf8 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { Malformed } from '../malformed.ts';
import { cosignedAt } from './cosignature.ts';
import { SIGNATURE_BYTES, verify } from './ed25519.ts';
import type { VerifierKey } from './keys.ts';
import { type NoteSignature, parseNote } from './note.ts';

export interface Signed {
  readonly key: VerifierKey;
  /** Of a cosignature: seconds since 1970, by the witness's clock. */
  readonly time?: number;
}

export type NoteRefusal =
  | { readonly outcome: 'malformed'; readonly problem: Malformed }
  /** A key we know is named and its signature does not fit: the whole note is to be rejected. */
  | { readonly outcome: 'forged'; readonly key: VerifierKey }
  /** No signature by any key we know. */
  | { readonly outcome: 'unsigned' };

export type OpenedNote =
  | { readonly outcome: 'verified'; readonly text: string; readonly signed: readonly Signed[] }
  | NoteRefusal;

/** Verifies every signature by one of `keys`; signatures by others count for nothing. Untrusted input. */
export function openNote(note: Uint8Array | string, keys: readonly VerifierKey[]): OpenedNote {
  const parsed = parseNote(note);
  if (parsed instanceof Malformed) return { outcome: 'malformed', problem: parsed };
  const known = byNameAndId(keys);
  const signed = new Map<VerifierKey, Signed>();
  for (const signature of parsed.signatures) {
    const key = known.get(nameAndId(signature.name, signature.keyId));
    if (!key) continue;
    const verified = verifiedBy(key, parsed.text, signature);
    if (!verified) return { outcome: 'forged', key };
    if (!signed.has(key)) signed.set(key, verified);
  }
  if (signed.size === 0) return { outcome: 'unsigned' };
  return { outcome: 'verified', text: parsed.text, signed: [...signed.values()] };
}

function verifiedBy(key: VerifierKey, text: string, signature: NoteSignature): Signed | undefined {
  if (key.type === 'cosignature') {
    const time = cosignedAt(text, signature, key);
    return time === undefined ? undefined : { key, time };
  }
  const fits =
    signature.bytes.length === SIGNATURE_BYTES && verify(signature.bytes, utf8(text), key.publicKey);
  return fits ? { key } : undefined;
}

/** Ids are four bytes: two keys of one name may share one, and no signature says whose it is. */
function byNameAndId(keys: readonly VerifierKey[]): Map<string, VerifierKey> {
  const known = new Map<string, VerifierKey>();
  for (const key of keys) {
    const there = known.get(nameAndId(key.name, key.id));
    if (there && !(there.type === key.type && equalBytes(there.publicKey, key.publicKey))) {
      throw new TlogError('KEYS_AMBIGUOUS', `two keys named ${key.name} with one id`);
    }
    known.set(nameAndId(key.name, key.id), there ?? key);
  }
  return known;
}

const nameAndId = (name: string, id: number) => `${name}+${id}`;
