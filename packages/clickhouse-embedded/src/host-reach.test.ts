// SPDX-License-Identifier: Apache-2.0
// What a client with the password cannot make the engine do to its host. Some attempts end at the grants, some
// at the statement reader, and those that no grant covers at the kernel.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouse, startClickHouse } from './start-clickhouse.ts';

const root = mkdtempSync(join(tmpdir(), 'ashiato-clickhouse-'));
const secretFile = join(root, 'secret.csv');
const password = 'a password';
let clickhouse: ClickHouse;
let calls = 0;
const bait = createServer((_request, response) => {
  calls += 1;
  response.end('SECRET\n');
});
let baitUrl: string;

beforeAll(async () => {
  writeFileSync(secretFile, 'SECRET\n');
  await new Promise<void>(resolve => bait.listen(0, '127.0.0.1', resolve));
  baitUrl = `127.0.0.1:${(bait.address() as AddressInfo).port}`;
  clickhouse = await startClickHouse({ dir: join(root, 'data'), password, memoryLimitBytes: 2 ** 31 });
  expect(await ask('CREATE DATABASE app ENGINE = Atomic')).toBe('');
  expect(await ask('CREATE TABLE app.t (s String) ENGINE = MergeTree ORDER BY s')).toBe('');
});
afterAll(async () => {
  await clickhouse.stop();
  bait.close();
  rmSync(root, { recursive: true, force: true });
});

async function ask(sql: string, query = ''): Promise<string> {
  const headers = { 'X-ClickHouse-Key': password };
  return (await fetch(`${clickhouse.url}/?${query}`, { method: 'POST', body: sql, headers })).text();
}

/** `%F` is a file outside, `%U` a listening address outside. */
const ATTEMPTS = `
SELECT * FROM file('%F', 'LineAsString')
SELECT * FROM \`%F\`
SELECT * FROM fileCluster('default', '%F', 'LineAsString')
SELECT file('%F')
SELECT \`file\`('%F')
SELECT /* a */ file /* b */ ('%F')
CREATE FUNCTION peek AS () -> file('%F')
INSERT INTO app.t VALUES (file('%F'))
INSERT INTO app.t SELECT file('%F')
SELECT * FROM format(Values, 's String', concat('(fi', 'le(''%F''))'))
SELECT 1 INTO OUTFILE '${root}/written'
SELECT 1 INTO /* x */ outfile '${root}/written'
INSERT INTO app.t FROM INFILE '%F' FORMAT CSV
INSERT INTO FUNCTION file('${root}/written', 'CSV', 's String') VALUES ('x')
CREATE TABLE app.f (s String) ENGINE = File(CSV, '%F')
CREATE TABLE app.f (s String) ENGINE = URL('http://%U/', 'CSV')
CREATE TEMPORARY TABLE f (s String) ENGINE = File(CSV, '%F')
CREATE DATABASE f ENGINE = Filesystem('${root}')
CREATE DICTIONARY app.d (k UInt64, s String) PRIMARY KEY k SOURCE(FILE(PATH '%F' FORMAT CSV)) LAYOUT(FLAT()) LIFETIME(0)
CREATE DICTIONARY app.d (k UInt64, s String) PRIMARY KEY k SOURCE(HTTP(URL 'http://%U/' FORMAT CSV)) LAYOUT(FLAT()) LIFETIME(0)
SELECT * FROM url('http://%U/', 'LineAsString')
SELECT * FROM url('file://%F', 'LineAsString')
SELECT * FROM s3('http://%U/bucket/x', 'LineAsString')
SELECT * FROM remote('%U', 'system.one')
SELECT * FROM mysql('%U', 'a', 'b', 'c', 'd')
SELECT * FROM sqlite('%F', 't')
SELECT * FROM executable('cat %F', 'TSV', 's String')
SELECT 1 FORMAT Template SETTINGS format_template_resultset = '%F'
SELECT * FROM format(Protobuf, 's String', '') SETTINGS format_schema = '%F:X'
SELECT catboostEvaluate('%F', 1)
BACKUP DATABASE app TO File('${root}/written')
ATTACH TABLE app.x FROM '${root}/' (s String) ENGINE = TinyLog
SYSTEM SHUTDOWN
SYSTEM KILL
CREATE USER u
GRANT ALL ON *.* TO default
CREATE NAMED COLLECTION n AS a = 1
EXECUTE AS default SELECT 1
`
  .trim()
  .split('\n');

describe('host reach', () => {
  it.each(ATTEMPTS)('refuses %s', async attempt => {
    const sql = attempt.replaceAll('%F', secretFile).replaceAll('%U', baitUrl);
    const answer = await ask(sql);
    expect(answer).toMatch(/^Code: \d+\. DB::Exception/);
    expect(answer).not.toContain('SECRET');
  });

  it('has no script for an Executable table to run', async () => {
    expect(await ask("CREATE TABLE app.e (s String) ENGINE = Executable('id', 'TSV')")).toBe('');
    expect(await ask('SELECT * FROM app.e')).toMatch(
      /^Code: \d+\. .*does not exist inside user scripts folder/,
    );
  });

  it('has opened, written and called nothing', async () => {
    expect(existsSync(join(root, 'written'))).toBe(false);
    expect(calls).toBe(0);
    expect(await ask('SELECT count() FROM app.t')).toBe('0\n');
  });

  it('reaches the bait without the walls: the attempts are real', async () => {
    expect(readFileSync(secretFile, 'utf8')).toBe('SECRET\n');
    expect(await (await fetch(`http://${baitUrl}/`)).text()).toBe('SECRET\n');
  });

  it('is held by the kernel on Linux, and says so where it is not', () => {
    expect(clickhouse.confined).toBe(process.platform === 'linux');
  });
});
