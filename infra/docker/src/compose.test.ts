// SPDX-License-Identifier: Apache-2.0
// docker-compose.yml without Docker: every service of ours accepts the settings it is given there, with the secrets
// that `setup` makes, and what compose promises (pinned images, loopback, volumes) holds.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeSecrets } from './make-secrets.ts';

interface Service {
  image: string;
  command?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { disable?: boolean };
}

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const compose: { services: Record<string, Service>; volumes: Record<string, null> } = parse(
  readFileSync(join(root, 'docker-compose.yml'), 'utf8'),
  { merge: true },
);
/** Each with a setting that it cannot do without there. */
const OURS = [
  ['recorder', 'ASHIATO_QUEUE_URL'],
  ['notary', 'ASHIATO_OBJECTS_URL'],
  ['intake', 'ASHIATO_QUEUE_URL'],
  ['api', 'ASHIATO_QUEUE_URL'],
  ['customer-desk', 'ASHIATO_CUSTOMER_DESK_INTAKE_URL'],
] as const;
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ashiato-compose-'));
  makeSecrets({
    s3: join(dir, 'secrets/s3'),
    clickhouse: join(dir, 'secrets/clickhouse'),
    data: join(dir, 'data'),
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The service's own program on its settings of the file, with the paths of the volumes put into `dir`. */
async function checkConfig(name: string, more: Record<string, string> = {}) {
  const { command, environment } = compose.services[name]!;
  const env = Object.fromEntries(
    Object.entries({ ...environment, ...more }).map(([key, value]) => [
      key,
      value.replace(/^\/(data|secrets)(?=\/|$)/, `${dir}/$1`),
    ]),
  );
  const args = ['--disable-warning=ExperimentalWarning', join(root, command![0]!), '--check-config'];
  const { stdout } = await run(process.execPath, args, { cwd: dir, env });
  return { stdout, keys: Object.keys(env) };
}

describe('docker-compose.yml', () => {
  test.each(OURS)('%s accepts every setting it is given there', async (name, needed) => {
    const { stdout, keys } = await checkConfig(name);
    expect(keys).toContain(needed);
    for (const key of keys) expect(stdout).toMatch(new RegExp(`^${key}=(?!\\(unset\\)).+$`, 'm'));
  });

  test.each(OURS)('%s refuses a misspelt one, so that the test above can fail', async name => {
    const failure = await checkConfig(name, { ASHIATO_QUEU_URL: 'kafka://kafka:9092' }).catch(error => error);
    expect(failure).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean ASHIATO_QUEUE_URL'),
    });
  });

  test('pins every image, and publishes on loopback only', () => {
    for (const { image, ports = [] } of Object.values(compose.services)) {
      expect(image).toMatch(/:\d+\.\d+/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  test('waits for services that exist and say when they are there, and mounts volumes that exist', () => {
    for (const { depends_on = {}, volumes = [] } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const other = compose.services[name]!;
        if (condition === 'service_healthy') expect(other.healthcheck?.disable).not.toBe(true);
        else expect(other).toBeDefined();
      }
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  test('holds no secret: those are made by setup, and only once', () => {
    const secret = readFileSync(join(dir, 'secrets/s3/secret'), 'utf8');
    makeSecrets({
      s3: join(dir, 'secrets/s3'),
      clickhouse: join(dir, 'secrets/clickhouse'),
      data: join(dir, 'data'),
    });
    expect(readFileSync(join(dir, 'secrets/s3/secret'), 'utf8')).toBe(secret);
    expect(
      JSON.parse(readFileSync(join(dir, 'secrets/s3/s3.json'), 'utf8')).identities[0].credentials,
    ).toEqual([
      { accessKey: compose.services.recorder!.environment!.ASHIATO_OBJECTS_ACCESS_KEY, secretKey: secret },
    ]);
    expect(statSync(join(dir, 'data/tokens/admin')).mode & 0o777).toBe(0o600);
  });
});
