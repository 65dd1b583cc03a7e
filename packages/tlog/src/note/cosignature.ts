// SPDX-License-Identifier: Apache-2.0
// Ed25519 witness cosignatures, version 1 (c2sp.org/tlog-cosignature).
import { concat, utf8 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { SIGNATURE_BYTES, verify } from './ed25519.ts';
import type { Signer, VerifierKey } from './keys.ts';
import type { NoteSignature } from './note.ts';

/**
 * States that at `time` (seconds since 1970) the checkpoint in `text` was the largest consistent one that the
 * signer had seen of its log. The signer MUST have checked that, and have it on disk, before this is called.
 */
export function cosignText(text: string, signer: Signer, time: number): NoteSignature {
  const { name, id, type } = signer.key;
  if (type !== 'cosignature') throw new TlogError('NOT_WRITABLE', `${name} signs notes, not cosignatures`);
  if (!Number.isSafeInteger(time) || time < 0) throw new RangeError(`no time in seconds: ${time}`);
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  return { name, keyId: id, bytes: concat([stamp, signer.sign(utf8(message(text, time)))]) };
}

/** When the key cosigned `text`, in seconds since 1970; undefined when it did not. */
export function cosignedAt(text: string, { bytes }: NoteSignature, key: VerifierKey): number | undefined {
  if (bytes.length !== 8 + SIGNATURE_BYTES) return undefined;
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
  if (!Number.isSafeInteger(time)) return undefined;
  return verify(bytes.subarray(8), utf8(message(text, time)), key.publicKey) ? time : undefined;
}

const message = (text: string, time: number) => `cosignature/v1\ntime ${time}\n${text}`;
