// SPDX-License-Identifier: Apache-2.0
// For tests: a time-stamping authority made with `openssl ts`, as a function from request to response.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = `
[req]
distinguished_name = name
x509_extensions = certificate
prompt = no
[name]
CN = Test time-stamping authority
[certificate]
extendedKeyUsage = critical, timeStamping
basicConstraints = critical, CA:true
[tsa]
default_tsa = authority
[authority]
serial = SERIAL
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`;

/** Makes key and certificate in `dir`. */
export function openAuthority(dir: string) {
  mkdirSync(dir, { recursive: true });
  const at = (name: string) => join(dir, name);
  writeFileSync(at('ts.cnf'), CONFIG.replace('SERIAL', at('serial')));
  writeFileSync(at('serial'), '01\n');
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', at('key.pem')];
  openssl('req', '-x509', ...key, '-out', at('tsa.pem'), '-days', '30', '-config', at('ts.cnf'));
  const answer = (request: Uint8Array): Buffer => {
    writeFileSync(at('request.tsq'), request);
    const signer = ['-signer', at('tsa.pem'), '-inkey', at('key.pem')];
    openssl(
      'ts',
      '-reply',
      '-config',
      at('ts.cnf'),
      '-queryfile',
      at('request.tsq'),
      ...signer,
      '-out',
      at('out.tsr'),
    );
    return readFileSync(at('out.tsr'));
  };
  return {
    answer,
    /** The response to a request over a digest that it does not take. */
    refuse(): Buffer {
      openssl('ts', '-query', '-data', at('ts.cnf'), '-sha512', '-out', at('sha512.tsq'));
      return answer(readFileSync(at('sha512.tsq')));
    },
    /** What a reader does with OpenSSL alone; throws when it does not verify. */
    verify(response: Uint8Array, data: Uint8Array): void {
      writeFileSync(at('stamp.tsr'), response);
      writeFileSync(at('data'), data);
      openssl('ts', '-verify', '-in', at('stamp.tsr'), '-data', at('data'), '-CAfile', at('tsa.pem'));
    },
  };
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
