// SPDX-License-Identifier: Apache-2.0
// The keys that several services have, with one meaning everywhere (DESIGN 9). A service's schema picks from
// them: `z.strictObject({ ...pick(baseKeys), ASHIATO_RECORDER_…: … })`.
import { BlockList, isIPv6 } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { secretFile } from './secret.ts';

/** Where a service listens; `host` without brackets. */
export interface Listen {
  host: string;
  port: number;
}

/** A key with an address to listen on. */
export function listenKey(fallback: string, meaning: string): z.ZodType<Listen> {
  return z
    .string()
    .default(fallback)
    .transform((text, context): Listen => {
      const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
      const [, six, host = six, port] = match ?? [];
      if (host !== undefined && Number(port) <= 65_535 && (six === undefined || isIPv6(six))) {
        return { host, port: Number(port) };
      }
      context.issues.push({ code: 'custom', input: text, message: 'expected host:port or [ipv6]:port' });
      return z.NEVER;
    })
    .describe(`${meaning}; a public address needs TLS or a proxy`);
}

/** A URL of one of these schemes, and without a password in it. */
function placeUrl(...schemes: string[]) {
  const expected = `expected a URL beginning with ${schemes.join(' or ')}`;
  return z
    .string()
    .refine(text => schemes.some(scheme => text.startsWith(scheme)), expected)
    .refine(
      text => !/^[a-z0-9+]+:\/\/[^/]*@/.test(text),
      'expected no user or password in the URL; give them by file',
    );
}

const inDataDir = (folder: string) => `unset: ${folder} in ASHIATO_DATA_DIR`;

export const baseKeys = {
  ASHIATO_LISTEN: listenKey('127.0.0.1:8420', 'host:port to listen on'),
  ASHIATO_TLS_CERT_FILE: z.string().optional().describe('path of the TLS certificate chain, PEM'),
  ASHIATO_TLS_KEY_FILE: z.string().optional().describe('path of the TLS private key, PEM'),
  ASHIATO_BEHIND_PROXY: z
    .stringbool()
    .default(false)
    .describe('true: a proxy in front of a public address does TLS'),
  ASHIATO_DATA_DIR: z
    .string()
    .default('./ashiato-data')
    .transform(path => resolve(path))
    .describe('folder for everything that is kept here'),
  ASHIATO_QUEUE_URL: placeUrl('file:', 'kafka://')
    .optional()
    .describe(`file:PATH or kafka://host:port,…; ${inDataDir('queue/')}`),
  ASHIATO_CLICKHOUSE_URL: placeUrl('http://', 'https://', 'file:')
    .optional()
    .describe(
      `http(s):// of a ClickHouse server or file:PATH for the embedded one; ${inDataDir('clickhouse/')}`,
    ),
  ASHIATO_OBJECTS_URL: placeUrl('file:', 's3://')
    .optional()
    .describe(`file:PATH or s3://bucket?endpoint=…; ${inDataDir('objects/')}`),
  ASHIATO_CLICKHOUSE_USER: z.string().default('default').describe('user of that ClickHouse server'),
  ASHIATO_CLICKHOUSE_PASSWORD_FILE: secretFile()
    .optional()
    .describe("path of a file with that user's password"),
  ASHIATO_OBJECTS_ACCESS_KEY: z
    .string()
    .optional()
    .describe("S3 access key id; unset: the AWS SDK's default chain"),
  ASHIATO_OBJECTS_SECRET_FILE: secretFile()
    .optional()
    .describe('path of a file with the S3 secret access key'),
  ASHIATO_POLICY: z
    .string()
    .optional()
    .describe('path of the policy folder; unset: the one that comes along'),
  ASHIATO_POLICY_POLL_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(3_600_000)
    .default(10_000)
    .describe('how often that folder is read for a change, ms; what two readings find alike is taken'),
  ASHIATO_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('least severity that is logged'),
};

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Why a service must not listen there, if it must not: tokens and records would cross a network in clear.
 * @param env the raw environment, since this is told together with all other problems
 */
export function publicListenProblem(
  env: Record<string, string | undefined>,
  key: string,
): string | undefined {
  const parsed = baseKeys.ASHIATO_LISTEN.safeParse(env[key]);
  if (!parsed.success || isLoopback(parsed.data.host)) return undefined; // unreadable: told as such
  const hasTls = env.ASHIATO_TLS_CERT_FILE !== undefined && env.ASHIATO_TLS_KEY_FILE !== undefined;
  if (hasTls || baseKeys.ASHIATO_BEHIND_PROXY.safeParse(env.ASHIATO_BEHIND_PROXY).data === true)
    return undefined;
  return (
    `${parsed.data.host} is reachable from other machines: set ASHIATO_TLS_CERT_FILE and ASHIATO_TLS_KEY_FILE, ` +
    'or ASHIATO_BEHIND_PROXY=true where a proxy does TLS, or listen on 127.0.0.1'
  );
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIPv6(host) ? LOOPBACK.check(host, 'ipv6') : /^[\d.]+$/.test(host) && LOOPBACK.check(host, 'ipv4');
}

/** The keys of every service that touches the engines; spread into its schema. */
export const engineKeys = {
  ASHIATO_DATA_DIR: baseKeys.ASHIATO_DATA_DIR,
  ASHIATO_QUEUE_URL: baseKeys.ASHIATO_QUEUE_URL,
  ASHIATO_OBJECTS_URL: baseKeys.ASHIATO_OBJECTS_URL,
  ASHIATO_OBJECTS_ACCESS_KEY: baseKeys.ASHIATO_OBJECTS_ACCESS_KEY,
  ASHIATO_OBJECTS_SECRET_FILE: baseKeys.ASHIATO_OBJECTS_SECRET_FILE,
  ASHIATO_CLICKHOUSE_URL: baseKeys.ASHIATO_CLICKHOUSE_URL,
  ASHIATO_CLICKHOUSE_USER: baseKeys.ASHIATO_CLICKHOUSE_USER,
  ASHIATO_CLICKHOUSE_PASSWORD_FILE: baseKeys.ASHIATO_CLICKHOUSE_PASSWORD_FILE,
  ASHIATO_POLICY: baseKeys.ASHIATO_POLICY,
  ASHIATO_POLICY_POLL_MS: baseKeys.ASHIATO_POLICY_POLL_MS,
  ASHIATO_LOG_LEVEL: baseKeys.ASHIATO_LOG_LEVEL,
};

export interface Engines {
  queue: string;
  objects: {
    url: string;
    options: { credentials?: { accessKeyId: string; secretAccessKey: string } };
  };
  clickhouse: { url: string; username: string; password: string };
}

/** Where the object store is and how to sign in, with the folder of the data folder where no address is given. */
export function objectsOf(
  config: Pick<
    z.output<z.ZodObject<typeof engineKeys>>,
    'ASHIATO_DATA_DIR' | 'ASHIATO_OBJECTS_URL' | 'ASHIATO_OBJECTS_ACCESS_KEY' | 'ASHIATO_OBJECTS_SECRET_FILE'
  >,
): Engines['objects'] {
  const { ASHIATO_OBJECTS_ACCESS_KEY: accessKeyId, ASHIATO_OBJECTS_SECRET_FILE: secret } = config;
  return {
    url: config.ASHIATO_OBJECTS_URL ?? `file:${join(config.ASHIATO_DATA_DIR, 'objects')}`,
    options: accessKeyId && secret ? { credentials: { accessKeyId, secretAccessKey: secret.reveal() } } : {},
  };
}

/** Where the three engines are and how to sign in, with the folders of the data folder where no address is given. */
export function enginesOf(config: z.output<z.ZodObject<typeof engineKeys>>): Engines {
  const folder = (name: string) => `file:${join(config.ASHIATO_DATA_DIR, name)}`;
  return {
    queue: config.ASHIATO_QUEUE_URL ?? folder('queue'),
    objects: objectsOf(config),
    clickhouse: {
      url: config.ASHIATO_CLICKHOUSE_URL ?? folder('clickhouse'),
      username: config.ASHIATO_CLICKHOUSE_USER,
      password: config.ASHIATO_CLICKHOUSE_PASSWORD_FILE?.reveal() ?? '',
    },
  };
}
