// SPDX-License-Identifier: Apache-2.0
// Broken and hostile requests: each gets an answer or a closed socket, and the same process goes on serving.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouse, startClickHouse } from './start-clickhouse.ts';

const dir = mkdtempSync(join(tmpdir(), 'ashiato-clickhouse-'));
const password = 'a password';
const auth = `Authorization: Basic ${Buffer.from(`default:${password}`).toString('base64')}\r\n`;
let clickhouse: ClickHouse;
let pid: number;

beforeAll(async () => {
  clickhouse = await startClickHouse({ dir, password, memoryLimitBytes: 2 ** 31 });
  pid = clickhouse.pid()!;
  expect(await ask('CREATE DATABASE app ENGINE = Atomic')).toBe('');
  expect(await ask('CREATE TABLE app.t (n UInt64) ENGINE = MergeTree ORDER BY n')).toBe('');
});
afterEach(async () => {
  expect(await ask('SELECT count() FROM app.t')).toBe('0\n');
  expect(clickhouse.pid()).toBe(pid);
});
afterAll(async () => {
  await clickhouse.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function ask(sql: string): Promise<string> {
  const headers = { 'X-ClickHouse-Key': password };
  return (await fetch(clickhouse.url, { method: 'POST', body: sql, headers })).text();
}

/** Writes bytes as they are and gives back all that comes; unless told to wait, it stops sending or hangs up. */
function send(bytes: string | Buffer, then: 'wait' | 'end' | 'destroy' = 'wait'): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(Number(new URL(clickhouse.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', piece => {
      answer += piece.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(bytes, () => {
      if (then === 'end') socket.end();
      if (then === 'destroy') socket.destroy();
    });
  });
}

const post = (path: string, headers: string, body: string | Buffer, length = body.length): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${auth}${headers}Content-Length: ${length}\r\n\r\n`,
    ),
    Buffer.from(body),
  ]);

const INSERT = `/?query=${encodeURIComponent('INSERT INTO app.t FORMAT TSV')}`;

describe('malformed requests', () => {
  it('answers what is not HTTP with 400', async () => {
    expect(await send('\x00\x01\x02 not http\r\n\r\n')).toContain('400 Bad Request');
  });
  it('refuses unknown methods', async () => {
    expect(await send(`BREW / HTTP/1.1\r\nHost: x\r\n${auth}\r\n`)).toContain('400 Bad Request');
    expect(await send(`DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${auth}\r\n`)).toContain(' 405 ');
  });
  it('refuses an address past all measure', async () => {
    expect(await send(`GET /?query=${'x'.repeat(2_000_000)} HTTP/1.1\r\nHost: x\r\n${auth}\r\n`)).toMatch(
      / 4(00|31) /,
    );
  });
  it('refuses an impossible address', async () => {
    const answer = await send(`GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${auth}\r\n`);
    expect(answer).toMatch(/ (400|404|500) /);
  });
  it('refuses damaged gzip and keeps nothing of it', async () => {
    const zipped = gzipSync(Buffer.from('1\n2\n3\n'.repeat(1000)));
    zipped.fill(0xff, 20, 40);
    const answer = await send(post(INSERT, 'Content-Encoding: gzip\r\n', zipped));
    expect(answer).toContain('Code: 354.');
  });
  it('keeps nothing of a body that ends too soon', async () => {
    const body = '1\n'.repeat(100_000);
    await send(post(INSERT, '', body, body.length * 2), 'destroy');
    await send(post(INSERT, '', body, body.length * 2), 'end');
    await expect
      .poll(() => ask("SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'"))
      .toBe('0\n');
  });
  it('keeps nothing of cut gzip', async () => {
    const zipped = gzipSync(Buffer.from('1\n'.repeat(100_000)));
    const answer = await send(
      post(INSERT, 'Content-Encoding: gzip\r\n', zipped.subarray(0, zipped.length - 20)),
    );
    expect(answer).toContain('Code: 354.');
  });
  it('refuses an unknown encoding, a broken form and bad sessions', async () => {
    expect(await send(post(INSERT, 'Content-Encoding: zip\r\n', '1\n'))).toContain('Code: 89.');
    const form = 'Content-Type: multipart/form-data; boundary=b\r\n';
    expect(await send(post('/', form, 'no form'))).toContain('Code: 36.');
    expect(await send(post('/?session_id=a&session_timeout=-1', '', 'SELECT 1'))).toContain('Code: 374.');
  });
  it('refuses setting and parameter names that are no names', async () => {
    const name = encodeURIComponent("a' = 1, readonly");
    expect(await send(post(`/?${name}=1`, '', 'SELECT 1'))).toContain('Code: 115.');
    expect(await send(post(`/?param_${name}=1`, '', 'SELECT 1'))).toContain('Code: 115.');
  });
  it('answers 404 elsewhere and keeps the body of a refused login out', async () => {
    expect(await send(post('/play', '', 'SELECT 1'))).toContain(' 404 ');
    const anonymous = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\nSELECT 1`;
    expect(await send(anonymous)).toContain('Code: 516.');
  });
  it('survives whatever else comes', async () => {
    const header = fc.constantFrom(
      'Content-Encoding: gzip\r\n',
      'Expect: 100-continue\r\n',
      'X-ClickHouse-Format: \x80\r\n',
      '',
    );
    const path = fc.oneof(
      fc.constant('/'),
      fc.constant(INSERT),
      fc.webPath(),
      fc.string().map(text => `/?${encodeURIComponent(text)}=1`),
    );
    const body = fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes));
    const request = fc.tuple(path, header, body, fc.integer({ min: -5, max: 5 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(request, async ([where, extra, bytes, delta, destroy]) => {
        const noRows = where === INSERT ? Buffer.from(`x${bytes.toString('hex')}`) : bytes;
        await send(
          post(where, extra, noRows, Math.max(0, noRows.length + delta)),
          destroy ? 'destroy' : 'end',
        );
      }),
      { numRuns: 150 },
    );
  });
});
