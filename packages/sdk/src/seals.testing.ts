// SPDX-License-Identifier: Apache-2.0
// Holds seals against the events they speak of, with the public key alone, as a recorder would.
import { createPublicKey, hash, verify } from 'node:crypto';
import { SEAL_TYPE, type Seal, signedText } from '@ashiato/schema';
import { leafHash, rootOf, toHex } from '@ashiato/tlog';
import type { Arrived } from './delivered.testing.ts';

export interface Sealed {
  /** Broken promises, in words; empty when all were kept. */
  faults: string[];
  seals: Seal[];
  /** Epochs without a stop seal: how far they got is told by the start of the next one alone. */
  unknownTails: number;
}

interface Epoch {
  entries: Uint8Array[];
  next: number;
  previousSeal: string | undefined;
  last: Seal | undefined;
}

/** What arrived in one partition, in order; `publicKey` as the register of sources has it. */
export function sealedBy(arrived: Arrived[], publicKey: string): Sealed {
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const epochs = new Map<string, Epoch>();
  const faults: string[] = [];
  const seals: Seal[] = [];
  const seen = new Set<string>();
  for (const { event, text } of arrived) {
    if (seen.has(event.id)) continue; // a redelivery; that its bytes are the same is checked elsewhere
    seen.add(event.id);
    const known = epochs.get(event.sourceepoch!);
    const epoch = known ?? { entries: [], next: 1, previousSeal: undefined, last: undefined };
    if (event.type !== SEAL_TYPE) {
      epoch.entries.push(leafHash(Buffer.from(hash('sha256', text, 'hex'), 'hex')));
    } else {
      const seal = event.data as unknown as Seal;
      const at = `epoch ${seal.epoch}, seal ${seal.first}..${seal.last}`;
      if (!verify(null, Buffer.from(signedText(seal)), key, Buffer.from(seal.signature, 'base64')))
        faults.push(`${at}: not signed by this key`);
      if (Number(seal.first) !== epoch.next || Number(seal.last) !== epoch.next + epoch.entries.length - 1)
        faults.push(`${at}: expected ${epoch.next}..${epoch.next + epoch.entries.length - 1}`);
      if (seal.root !== toHex(rootOf(Buffer.concat(epoch.entries)))) faults.push(`${at}: another root`);
      if (seal.previous_seal !== epoch.previousSeal) faults.push(`${at}: another seal before it`);
      if (!known) {
        const [number, before] = [...epochs].at(-1) ?? [];
        const end = before && { epoch: number!, last: String(before.next + before.entries.length - 1) };
        if (JSON.stringify(seal.previous_epoch) !== JSON.stringify(end))
          faults.push(
            `${at}: names ${JSON.stringify(seal.previous_epoch)}, before it was ${JSON.stringify(end)}`,
          );
      }
      Object.assign(epoch, {
        entries: [],
        next: epoch.next + epoch.entries.length,
        previousSeal: hash('sha256', text),
        last: seal,
      });
      seals.push(seal);
    }
    if (!known) epochs.set(event.sourceepoch!, epoch);
  }
  const unknownTails = [...epochs.values()].filter(({ last }) => last?.reason !== 'stop').length;
  return { faults, seals, unknownTails };
}
