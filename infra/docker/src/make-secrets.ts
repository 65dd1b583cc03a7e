// SPDX-License-Identifier: Apache-2.0
// The secrets that the containers share by file. Made once, never changed: a second run finds what the first made.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstStart } from '@ashiato/auth';

/** The access key id in docker-compose.yml; its secret is made here. */
export const S3_ACCESS_KEY = 'ashiato';
/** Readable by every account of the containers that mount the volume, for their images run as different ones. */
const MODE = 0o444;

/**
 * Fills three folders: `s3` as /etc/seaweedfs of the S3 server, with the secret access key in `secret`; `clickhouse`
 * with `password`; `data` with the access tokens of every role. Durable enough to run again after dying anywhere.
 */
export function makeSecrets(folders: { s3: string; clickhouse: string; data: string }): void {
  const s3Secret = kept(join(folders.s3, 'secret'), random);
  kept(join(folders.s3, 's3.json'), () => identities(s3Secret));
  kept(join(folders.s3, 'security.toml'), securityToml);
  kept(join(folders.clickhouse, 'password'), random);
  firstStart(join(folders.data, 'tokens'));
}

function kept(path: string, make: () => string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  if (!existsSync(path)) writeFileSync(path, make(), { mode: MODE, flag: 'wx' });
  return readFileSync(path, 'utf8');
}

const random = () => randomBytes(24).toString('hex');

function identities(secretKey: string): string {
  const actions = ['Admin', 'Read', 'Write', 'List', 'Tagging'];
  const credentials = [{ accessKey: S3_ACCESS_KEY, secretKey }];
  return JSON.stringify({ identities: [{ name: S3_ACCESS_KEY, credentials, actions }] });
}

/** Without these four keys the inner ports of SeaweedFS delete locked objects for anybody who reaches them. */
function securityToml(): string {
  return ['jwt.signing', 'jwt.signing.read', 'jwt.filer_signing', 'jwt.filer_signing.read']
    .map(section => `[${section}]\nkey = "${random()}"\n`)
    .join('\n');
}
