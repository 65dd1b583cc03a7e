// SPDX-License-Identifier: Apache-2.0
// Values that may be personal data for ever in an immutable store are cut out and encrypted (DESIGN 6 "Members
// that should not be there"). Destroying the record's key makes them unreadable; the commitment stays.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { EncryptedMember, Span } from '@ashiato/schema';

const BLIND_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A fresh AES-256 key; one per record. */
export const newRecordKey = (): Buffer => randomBytes(32);

/**
 * Encrypts `value` (bytes of a JSON value, or a whole message with `member` empty). The plain text is
 * 32 random bytes followed by the value, and the commitment is SHA-256 over both: without the key nobody can
 * test guesses against it. Additional data: `<record id> <member>`, so that it fits no other place.
 */
export function encryptMember(key: Buffer, recordId: string, member: string, value: Buffer): EncryptedMember {
  const plain = Buffer.concat([randomBytes(BLIND_BYTES), value]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(`${recordId} ${member}`));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return {
    member,
    commitment: `sha256:${createHash('sha256').update(plain).digest('hex')}`,
    iv: iv.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
}

/** The value's bytes, or `undefined` when key, place or bytes are not those it was encrypted with. */
export function decryptMember(key: Buffer, recordId: string, sealed: EncryptedMember): Buffer | undefined {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(`${recordId} ${sealed.member}`));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    const commitment = `sha256:${createHash('sha256').update(plain).digest('hex')}`;
    return commitment === sealed.commitment ? plain.subarray(BLIND_BYTES) : undefined;
  } catch {
    return undefined; // authentication failed: an outcome, told by the return value
  }
}

/** Encrypts the values at `strays` and puts each one's commitment in its place. */
export function cutMembers(
  text: string,
  strays: ReadonlyMap<string, Span>,
  key: Buffer,
  recordId: string,
): { text: string; bytes: Uint8Array; encrypted: EncryptedMember[] } {
  const encrypted: EncryptedMember[] = [];
  const cut = replaceSpans(text, strays, (member, value) => {
    const sealed = encryptMember(key, recordId, member, Buffer.from(value, 'latin1'));
    encrypted.push(sealed);
    return `"${sealed.commitment}"`;
  });
  return { text: cut, bytes: Buffer.from(cut, 'latin1'), encrypted };
}

/** Replaces the spans of `text` in order of the text; the spans do not overlap. */
export function replaceSpans(
  text: string,
  spans: ReadonlyMap<string, Span>,
  replacement: (pointer: string, value: string) => string,
): string {
  let out = '';
  let from = 0;
  for (const [pointer, span] of [...spans].sort((a, b) => a[1].start - b[1].start)) {
    out += text.slice(from, span.start) + replacement(pointer, text.slice(span.start, span.end));
    from = span.end;
  }
  return out + text.slice(from);
}
