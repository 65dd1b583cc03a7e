// SPDX-License-Identifier: Apache-2.0
// The program as an auditor runs it: killed with SIGKILL after its answer, it remembers what it signed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consistencyProof, leafHash, rootOf } from '@ashiato/tlog';
import {
  createSigner,
  formatCheckpoint,
  formatNote,
  formatVkey,
  openCheckpoint,
  parseVkey,
  signText,
} from '@ashiato/tlog/note';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'ashiato-witness-'));
const log = createSigner('log.example/one', new Uint8Array(32).fill(1));
const leaves = Buffer.concat(Array.from({ length: 9 }, (_, i) => leafHash(Buffer.from([i]))));
let port = 0;
let child: ChildProcess;
const said: string[] = [];

beforeAll(async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  ({ port } = probe.address() as { port: number });
  probe.close();
  await start();
});
afterAll(async () => {
  await end('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const options = [
    '--log',
    formatVkey(log.key),
    '--name',
    'auditor.example',
    '--dir',
    dir,
    '--listen',
    `127.0.0.1:${port}`,
  ];
  child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...options]);
  said.push(String((await once(child.stdout!, 'data'))[0]));
  while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)));
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  const [code] = await once(child, 'exit');
  return code as number | null;
}

async function ask(old: number, size: number) {
  const head = leaves.subarray(0, size * 32);
  const text = formatCheckpoint({ origin: log.key.name, size, root: rootOf(head) });
  const note = formatNote({ text, signatures: [signText(text, log)] });
  const proof = consistencyProof(head, old).map(hash => `${Buffer.from(hash).toString('base64')}\n`);
  const body = `old ${old}\n${proof.join('')}\n${note}`;
  const response = await fetch(`http://127.0.0.1:${port}/add-checkpoint`, { method: 'POST', body });
  return {
    note,
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.text(),
  };
}

test('it prints its policy line, cosigns, and remembers over kill -9', async () => {
  const line = `witness NAME ${readFileSync(join(dir, 'witness.vkey'), 'utf8').trim()} http://127.0.0.1:${port}\n`;
  expect(said).toEqual([line]);
  expect(statSync(join(dir, 'witness.skey')).mode & 0o777).toBe(0o600);
  const { status, note, body } = await ask(0, 5);
  expect(status).toBe(200);
  await end('SIGKILL');
  await start();
  expect(said[1]).toBe(line);
  const key = parseVkey(readFileSync(join(dir, 'witness.vkey'), 'utf8').trim());
  if (key instanceof Error) throw key;
  const opened = openCheckpoint(note + body, { origin: log.key.name, logs: [log.key], witnesses: [key] });
  expect(opened).toMatchObject({ outcome: 'verified', signed: [{}, { key: { name: 'auditor.example' } }] });
  expect(await ask(0, 3)).toMatchObject({ status: 409, type: 'text/x.tlog.size', body: '5\n' });
  expect((await ask(5, 9)).status).toBe(200);
});

test('it answers nothing else, and ends when asked', async () => {
  const url = `http://127.0.0.1:${port}/add-checkpoint`;
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(url, { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
  expect((await fetch(`${url}/x`, { method: 'POST', body: 'x' })).status).toBe(404);
  expect(await end('SIGTERM')).toBe(0);
  await start();
});

test('without the log’s key it does not start, and says which setting is missing', async () => {
  const other = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, '--dir', dir]);
  const [told] = await once(other.stderr, 'data');
  const [code] = await once(other, 'exit');
  expect({ code, told: String(told) }).toMatchObject({
    code: 2,
    told: expect.stringContaining('ASHIATO_WITNESS_LOG'),
  });
});
