// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { baseKeys, describeConfig, loadConfig, RuntimeError, secretFile } from './index.ts';

const { ASHIATO_LISTEN, ASHIATO_BEHIND_PROXY, ASHIATO_TLS_CERT_FILE, ASHIATO_TLS_KEY_FILE } = baseKeys;
const listening = { ASHIATO_LISTEN, ASHIATO_BEHIND_PROXY, ASHIATO_TLS_CERT_FILE, ASHIATO_TLS_KEY_FILE };
const schema = z.strictObject({
  ...listening,
  ASHIATO_DATA_DIR: baseKeys.ASHIATO_DATA_DIR,
  ASHIATO_OBJECTS_URL: baseKeys.ASHIATO_OBJECTS_URL,
  ASHIATO_RECORDER_LINGER_MS: z.coerce.number().int().positive().default(1000).describe('longest wait'),
  ASHIATO_RECORDER_NAME: z.string().describe('what the header says'),
});
const enough = { ASHIATO_RECORDER_NAME: 'r1' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ashiato-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function problems(env: Record<string, string>): string {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'CONFIG') return error.message;
    throw error;
  }
  return 'none';
}

describe('loadConfig', () => {
  test('gives typed values and defaults, frozen to the bottom', () => {
    const config = loadConfig(schema, { ...enough, HOME: '/x', ASHIATO_RECORDER_LINGER_MS: '250' });
    expect(config.ASHIATO_LISTEN).toEqual({ host: '127.0.0.1', port: 8420 });
    expect(config.ASHIATO_RECORDER_LINGER_MS).toBe(250);
    expect(config.ASHIATO_DATA_DIR).toBe(resolve('ashiato-data'));
    expect(config.ASHIATO_OBJECTS_URL).toBeUndefined();
    expect(Object.isFrozen(config) && Object.isFrozen(config.ASHIATO_LISTEN)).toBe(true);
  });

  test('tells every problem at once, with its key and a remedy', () => {
    const told = problems({
      ASHIATO_LISTN: 'x',
      ASHIATO_RECORDER_LINGER_MS: 'soon',
      ASHIATO_OBJECTS_URL: 'ftp://x',
      ASHIATO_LISTEN: 'nowhere',
    });
    expect(told).toMatch(/is no key of ours; did you mean ASHIATO_LISTEN\?\n {2}→ at ASHIATO_LISTN/);
    expect(told).toMatch(/is required; set it\n {2}→ at ASHIATO_RECORDER_NAME/);
    expect(told).toMatch(/expected a URL beginning with file: or s3:\/\/\n {2}→ at ASHIATO_OBJECTS_URL/);
    expect(told).toMatch(/expected host:port or \[ipv6\]:port\n {2}→ at ASHIATO_LISTEN/);
    expect(told).toMatch(/→ at ASHIATO_RECORDER_LINGER_MS/);
    expect(told.match(/✖/g)).toHaveLength(5);
  });

  test('passes by tests’ keys, other services’ keys and base keys it does not use', () => {
    const foreign = { ASHIATO_TEST_X: '1', ASHIATO_API_COOKIE: '1', ASHIATO_CLICKHOUSE_URL: 'http://x' };
    expect(problems({ ...enough, ...foreign })).toBe('none');
    expect(problems({ ...enough, ASHIATO_RECORDER_LINGER: '1' })).toMatch(
      /did you mean ASHIATO_RECORDER_LINGER_MS/,
    );
    expect(problems({ ...enough, ASHIATO_SOMETHING_ELSE_ENTIRELY: '1' })).toMatch(
      /remove it, or see the README/,
    );
  });

  test('an empty value counts as unset', () => {
    expect(problems({ ASHIATO_RECORDER_NAME: '' })).toMatch(/is required/);
    expect(loadConfig(schema, { ...enough, ASHIATO_LISTEN: '' }).ASHIATO_LISTEN.port).toBe(8420);
  });

  test('no value is repeated in a message', () => {
    const secret = 'hunter2hunter2';
    const env = {
      ASHIATO_RECORDER_LINGER_MS: secret,
      ASHIATO_OBJECTS_URL: `s3://k:${secret}@b`,
      ASHIATO_X: secret,
    };
    expect(problems(env)).not.toContain(secret);
    expect(problems(env)).toMatch(/expected no user or password in the URL/);
  });

  test.each([
    ['127.0.0.1:1', 'none'],
    ['127.9.9.9:65535', 'none'],
    ['localhost:0', 'none'],
    ['[::1]:8420', 'none'],
    ['0.0.0.0:8420', /0\.0\.0\.0 is reachable from other machines/],
    ['[::]:8420', /reachable from other machines/],
    ['192.168.1.5:8420', /reachable/],
    ['ashiato.example:8420', /reachable/],
    ['127.0.0.1.example:8420', /reachable/],
    ['127.0.0.1:65536', /expected host:port/],
    ['8420', /expected host:port/],
    ['::1:8420', /expected host:port/],
  ])('listening on %s', (address, expected) => {
    const told = problems({ ...enough, ASHIATO_LISTEN: address });
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatch(expected);
  });

  test('a public address is fine with TLS or behind a proxy, and not with half of either', () => {
    const open = { ...enough, ASHIATO_LISTEN: '0.0.0.0:8420' };
    expect(problems({ ...open, ASHIATO_BEHIND_PROXY: 'true' })).toBe('none');
    expect(problems({ ...open, ASHIATO_TLS_CERT_FILE: 'c', ASHIATO_TLS_KEY_FILE: 'k' })).toBe('none');
    expect(problems({ ...open, ASHIATO_BEHIND_PROXY: 'false' })).toMatch(/reachable/);
    expect(problems({ ...open, ASHIATO_TLS_CERT_FILE: 'c' })).toMatch(/reachable/);
  });

  test('the public address is told together with everything else', () => {
    const told = problems({ ASHIATO_LISTEN: '0.0.0.0:1' });
    expect(told).toMatch(/is required/);
    expect(told).toMatch(/reachable/);
  });
});

describe('secrets', () => {
  const withSecret = z.strictObject({ ASHIATO_API_KEY_FILE: secretFile().describe('signing key') });

  test('come from a file and show themselves only when asked by name', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'top secret\n');
    const config = loadConfig(withSecret, { ASHIATO_API_KEY_FILE: path });
    expect(config.ASHIATO_API_KEY_FILE.reveal()).toBe('top secret');
    const shown = `${config.ASHIATO_API_KEY_FILE} ${JSON.stringify(config)} ${inspect(config, { depth: 9 })}`;
    expect(shown).not.toContain('top secret');
    expect(JSON.stringify(describeConfig(withSecret, config))).not.toContain('top secret');
    expect(describeConfig(withSecret, config)[0]).toMatchObject({
      secret: true,
      value: '[redacted]',
      required: true,
    });
  });

  test('an unreadable or empty file is a problem like any other', async () => {
    const empty = join(folder, 'empty');
    await writeFile(empty, '\n');
    const load = (path: string) => () => loadConfig(withSecret, { ASHIATO_API_KEY_FILE: path });
    expect(load(join(folder, 'none'))).toThrow(/got one that cannot be read\n {2}→ at ASHIATO_API_KEY_FILE/);
    expect(load(empty)).toThrow(/got an empty one/);
  });
});

test('every base key can be described, and its default is what loading gives', () => {
  const all = z.strictObject(baseKeys);
  const config = loadConfig(all, {});
  for (const row of describeConfig(all, config)) {
    expect(row.description).not.toBe('');
    expect(row.required).toBe(false);
    if (row.default !== '') expect(loadConfig(all, { [row.key]: row.default })).toEqual(config);
  }
});
