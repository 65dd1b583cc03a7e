// SPDX-License-Identifier: Apache-2.0
// Numbers of customers and contracts to keyed pseudonyms: `<kind letter><key id>.<22 base64url>`.
import { createHmac } from 'node:crypto';
import { TrailError } from './errors.ts';

/** Kinds of numbers that never enter the trail as they are, and the letter of each. */
const LETTERS = {
  subject: 's',
  contract: 'c',
  debt: 'd',
  negawatt_contract: 'n',
  switching_request: 'w',
} as const;
export type PseudonymKind = keyof typeof LETTERS;

/** Keys by key id (1 to 9999), each of 32 bytes or more; the greatest id is the one in use. */
export type PseudonymKeys = Readonly<Record<number, Uint8Array>>;

export interface Pseudonyms {
  of(kind: PseudonymKind, number: string): string;
  /** HMAC-SHA-256 of the value as JSON, in hex: lets the service show later what it had released. */
  commitment(value: unknown): string;
}

const BITS_128 = 16;
const LEAST_KEY_BYTES = 32;

/** Throws `OPTIONS` for keys that cannot serve. Without keys every call throws `OPTIONS`. */
export function createPseudonyms(keys: PseudonymKeys = {}): Pseudonyms {
  const ids = Object.keys(keys).map(Number);
  for (const id of ids) {
    if (Number.isInteger(id) && id >= 1 && id <= 9999 && keys[id]!.length >= LEAST_KEY_BYTES) continue;
    const message = `pseudonymKeys: expected ids from 1 to 9999 with keys of ${LEAST_KEY_BYTES} bytes or more, and ${id} is not so; make one with "ashiato key new --pseudonym"`;
    throw new TrailError('OPTIONS', message);
  }
  const current = Math.max(...ids);
  // A copy, so that nobody changes the key under us.
  const key = ids.length === 0 ? undefined : Buffer.from(keys[current]!);
  const keyed = (purpose: string, text: string): Buffer => {
    if (key === undefined)
      throw new TrailError('OPTIONS', 'there is no key for pseudonyms; give createTrail pseudonymKeys');
    return createHmac('sha256', key).update(`${purpose}\0${text}`).digest();
  };
  return {
    of(kind, number) {
      const digest = keyed(LETTERS[kind], normalised(number));
      return `${LETTERS[kind]}${current}.${digest.subarray(0, BITS_128).toString('base64url')}`;
    },
    commitment: value => keyed('commitment', JSON.stringify(value) ?? 'null').toString('hex'),
  };
}

/** One form for one number, however it was typed: full-width digits, spaces, hyphens of any kind, small letters. */
function normalised(number: string): string {
  const text = number
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}−ー]/gu, '')
    .toUpperCase();
  if (text !== '') return text;
  throw new TrailError('INVALID_EVENT', 'a pseudonym needs a number, got nothing but spaces and hyphens');
}
