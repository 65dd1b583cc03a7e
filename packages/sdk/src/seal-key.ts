// SPDX-License-Identifier: Apache-2.0
// A service's key for its seals: Ed25519, PKCS #8 in PEM as OpenSSL writes it too.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TrailError } from './errors.ts';

/** A new key: the private part for a file of mode 0600, the public one for the register of sources. */
export function newSealKey(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: registerForm(publicKey),
  };
}

/** Reads a private key. Throws `OPTIONS`, naming the file and the remedy, for what is none. */
export function readSealKey(path: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw notKey(path, cause);
  }
  throw notKey(path);
}

const notKey = (path: string, cause?: unknown) =>
  new TrailError(
    'OPTIONS',
    `${path} is no readable Ed25519 private key in PEM; make one with "ashiato key new"`,
    {
      cause,
    },
  );

/** As the policy's register of sources has it: the 32 bytes of the key in base64. */
export function registerForm(publicKey: KeyObject): string {
  const { x } = publicKey.export({ format: 'jwk' });
  return Buffer.from(x!, 'base64url').toString('base64');
}

/** The same from the private part. */
export const publicPartOf = (privateKey: KeyObject): string => registerForm(createPublicKey(privateKey));
