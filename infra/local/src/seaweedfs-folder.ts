// SPDX-License-Identifier: Apache-2.0
// What one local S3 server keeps between its runs: credentials, keys, ports, data, its own words.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { areFree, freePorts, type SeaweedPorts } from './seaweedfs-ports.ts';

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface SeaweedFolder {
  home: string;
  data: string;
  identities: string;
  said: string;
  ports: SeaweedPorts;
  /** May do everything, making buckets included. */
  admin: S3Credentials;
  /** May read, write and set retention, and is subject to the bucket's policy. */
  writer: S3Credentials;
}

const WRITER_ACTIONS = [
  'Read',
  'Write',
  'List',
  'GetObjectRetention',
  'PutObjectRetention',
  'GetObjectLegalHold',
  'PutObjectLegalHold',
];

/** Makes the folder on first use; later finds in it what was made then. Ports change only when they are taken. */
export async function prepareSeaweedFolder(dir: string, s3Port?: number): Promise<SeaweedFolder> {
  const home = join(dir, 'config');
  const data = join(dir, 'data');
  await mkdir(join(home, '.seaweedfs'), { recursive: true, mode: 0o700 });
  await mkdir(data, { recursive: true });
  const { admin, writer } = await kept<{ admin: S3Credentials; writer: S3Credentials }>(
    join(home, 'credentials.json'),
    makeCredentials,
  );
  const identities = join(home, 's3.json');
  await writeFile(identities, identitiesJson(admin, writer), { mode: 0o600 });
  await kept(join(home, '.seaweedfs', 'security.toml'), makeSecurityToml, String);
  return {
    home,
    data,
    identities,
    said: join(dir, 'seaweedfs.log'),
    ports: await ports(home, s3Port),
    admin,
    writer,
  };
}

/** Reads a file, or makes it (0600) where there is none. */
async function kept<T>(
  path: string,
  make: () => string,
  parse: (text: string) => T = JSON.parse,
): Promise<T> {
  try {
    await writeFile(path, make(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return parse(await readFile(path, 'utf8'));
}

function makeCredentials(): string {
  const fresh = () => ({
    accessKeyId: randomBytes(10).toString('hex'),
    secretAccessKey: randomBytes(20).toString('hex'),
  });
  return JSON.stringify({ admin: fresh(), writer: fresh() });
}

function identitiesJson(admin: S3Credentials, writer: S3Credentials): string {
  const identity = (name: string, { accessKeyId, secretAccessKey }: S3Credentials, actions: string[]) => ({
    name,
    credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }],
    actions,
  });
  return JSON.stringify({
    identities: [
      identity('admin', admin, ['Admin', 'Read', 'Write', 'List', 'Tagging']),
      identity('writer', writer, WRITER_ACTIONS),
    ],
  });
}

/** Without these four keys the inner ports of SeaweedFS delete locked objects for anybody on this machine. */
function makeSecurityToml(): string {
  return ['jwt.signing', 'jwt.signing.read', 'jwt.filer_signing', 'jwt.filer_signing.read']
    .map(section => `[${section}]\nkey = "${randomBytes(24).toString('hex')}"\n`)
    .join('\n');
}

async function ports(home: string, s3Port?: number): Promise<SeaweedPorts> {
  const path = join(home, 'ports.json');
  const before: SeaweedPorts | undefined = await readFile(path, 'utf8').then(JSON.parse, () => undefined);
  const usable =
    before !== undefined && (s3Port === undefined || before.s3 === s3Port) && (await areFree(before));
  if (usable) return before;
  const fresh = await freePorts(s3Port);
  await writeFile(path, JSON.stringify(fresh), { mode: 0o600 });
  return fresh;
}
