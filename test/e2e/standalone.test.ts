// SPDX-License-Identifier: Apache-2.0
// `npm start` and the command, as a newcomer meets them: one process on embedded defaults.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RecordProof, recordProof, verifyRecord } from '@ashiato/ledger/proof';
import { leafHash } from '@ashiato/tlog';
import { parsePolicy, verifyTlogProof } from '@ashiato/tlog/proof';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { producedEvents } from './produced-events.ts';

const ROOT = join(import.meta.dirname, '../..');
const BOOTSTRAP = join(ROOT, 'infra/bootstrap.mjs');
const dir = mkdtempSync(join(tmpdir(), 'ashiato-standalone-'));
const data = join(dir, 'data');
let trail: ChildProcess;
let base: string;

async function start(): Promise<void> {
  const args = [
    BOOTSTRAP,
    'services/standalone/src/main.ts',
    '--data-dir',
    data,
    '--listen',
    '127.0.0.1:0',
    '--no-sample',
  ];
  trail = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: dir });
  let said = '';
  trail.stdout!.on('data', chunk => {
    said += chunk;
  });
  trail.stderr!.resume();
  while (!said.includes('/?code=')) {
    if (trail.exitCode !== null) throw new Error(`ended with ${trail.exitCode} before it was ready`);
    await pause(50);
  }
  base = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
}

async function ashiato(
  args: string[],
  input = '',
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(
      process.execPath,
      [BOOTSTRAP, 'packages/cli/src/main.ts', ...args],
      { cwd: dir },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin!.end(input);
  });
}
const here = ['--data-dir', data];
const token = (role: string) => readFileSync(join(data, 'tokens', role), 'utf8').trim();
const ask = (path: string, role: string, init: RequestInit = {}) =>
  fetch(base + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token(role)}` } });

async function untilProjected(eventId: string): Promise<{ items: Record<string, unknown>[] }> {
  for (;;) {
    const page = (await (await ask(`/v1/records?event_id=${eventId}`, 'investigator')).json()) as never as {
      items: Record<string, unknown>[];
    };
    if (page.items?.length > 0) return page;
    await pause(100);
  }
}

beforeAll(start);
afterAll(async () => {
  if (trail.exitCode === null) {
    trail.kill('SIGTERM');
    await once(trail, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
});

describe('one CloudEvent through the intake', () => {
  it('is durable at 202, then a record with its verdict and clauses', async () => {
    const sent = await ask('/v1/events', 'emitter', {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: producedEvents(1)[0]!,
    });
    expect(sent.status).toBe(202);
    const { items } = await untilProjected('crm-0');
    expect(items[0]).toMatchObject({ counted: true, purpose: 'billing', verdict: { outcome: 'conforming' } });
    expect(JSON.stringify(items[0]!.verdict)).toContain('C2-P03');
    const asked = await ashiato(['query', 'records', '--event-id', 'crm-0', '--json', ...here]);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(asked.stdout).items[0].verdict.findings[0].clauses).toEqual(['C2-P03']);
  });

  it('proves its record up to a checkpoint by the key of the data folder', async () => {
    const { items } = await untilProjected('crm-0');
    let answer: Response;
    do answer = await ask(`/v1/records/${items[0]!.id}/proof`, 'investigator');
    while (answer.status === 404 && (await pause(100, true)));
    expect(answer.status).toBe(200);
    const answered = (await answer.json()) as RecordProof & { id: string; tlog_proof: string };
    const { id, tlog_proof, ...proof } = answered;
    expect(id).toBe(items[0]!.id);
    expect(verifyRecord(recordProof.parse(proof))).toMatchObject({
      outcome: 'proven',
      offset: items[0]!.offset,
    });
    const vkey = readFileSync(join(data, 'log.vkey'), 'utf8').trim();
    const policy = parsePolicy(`log ${vkey}\nquorum none\n`);
    if (policy instanceof Error) throw policy;
    const leaf = leafHash(Buffer.from(proof.leaf));
    expect(verifyTlogProof(tlog_proof, leaf, policy)).toMatchObject({ outcome: 'accepted' });
    expect(await ashiato(['verify', '--log-key', vkey, ...here])).toMatchObject({ code: 0 });
  });

  it('stands in an extract that verifies under that key, and under no other', async () => {
    const file = join(dir, 'extract.zip');
    const period = ['--from', '2026-01-01T00:00:00Z', '--filter', 'actor=E-1', '--filter', 'subject=K-1'];
    // The log may not have come so far yet.
    while (!existsSync(file))
      await ashiato(['extract', 'create', ...period, '--out', file, '--case', 'case-1', ...here]);
    const key = ['--log-key', join(data, 'log.vkey')];
    const verified = await ashiato(['extract', 'verify', file, ...key, '--json']);
    expect(verified, verified.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ok: true,
      manifest: { request: { case: 'case-1' } },
    });
    expect((await ashiato(['extract', 'show', file])).stdout).toContain('proven');
    expect(await ashiato(['extract', 'verify', file])).toMatchObject({ code: 1 });
    const changed = readFileSync(file);
    changed[changed.length >> 1]! ^= 1;
    writeFileSync(join(dir, 'changed.zip'), changed);
    const refused = await ashiato(['extract', 'verify', join(dir, 'changed.zip'), ...key]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^member_altered [a-z./-]+:/);
  });

  it('roles hold: a viewer sees counts and no records, an emitter neither', async () => {
    expect((await ask('/v1/usage?by=purpose,field', 'viewer')).status).toBe(200);
    expect((await ask('/v1/records', 'viewer')).status).toBe(403);
    expect((await ask('/v1/usage', 'emitter')).status).toBe(403);
    expect((await fetch(`${base}/v1/usage`)).status).toBe(401);
  });

  it('the page is served, and signs in once by the code of "ashiato sign-in"', async () => {
    expect(await (await fetch(`${base}/`)).text()).toContain('<!doctype html>');
    const { stdout } = await ashiato(['sign-in', ...here]);
    const code = new URL(stdout.trim()).searchParams.get('code');
    const redeem = () =>
      fetch(`${base}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
    expect((await redeem()).status).toBe(200);
    expect((await redeem()).status).toBe(401);
  });
});

describe('the command', () => {
  it('record sends lines, names what is wrong, and ends with 1 when a line is no event', async () => {
    const lines = [...producedEvents(20, 100), '', '{"no":'].join('\n');
    const { code, stderr, stdout } = await ashiato(['record', '-', ...here], lines);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('20 of 21 events are durable');
    await untilProjected('crm-119');
  });

  it('query prints a table, JSON or CSV, and says what to do when the question is wrong', async () => {
    const csv = await ashiato(['query', 'usage', '--format', 'csv', ...here]);
    expect(csv.stdout.split('\n')[0]).toContain('purpose,field,count');
    const wrong = await ashiato(['query', 'records', '--from', 'yesterday', ...here]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('from');
  });

  it('policy explain judges without recording; 1 = a violation', async () => {
    const refused = producedEvents(1)[0]!.replace('"purpose":"billing"', '"purpose":"selling"');
    const { code, stdout } = await ashiato(
      ['policy', 'explain', '-', '--json'],
      `${producedEvents(1)[0]}\n${refused}`,
    );
    expect(code).toBe(1);
    expect(
      stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).outcome),
    ).toEqual(['conforming', 'violation']);
  });

  it('without a running trail says how to get one', async () => {
    const { code, stderr, stdout } = await ashiato(['query', 'usage', '--data-dir', join(dir, 'nowhere')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('npm start');
  });
});

describe('after kill -9', () => {
  it('nothing acknowledged is lost, and verify is content, running and not running', async () => {
    const before = producedEvents(500, 1000);
    const answer = await ask('/v1/events', 'emitter', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: before.join('\n'),
    });
    expect(answer.status).toBe(202);
    process.kill(runningPid(), 'SIGKILL');
    await once(trail, 'exit');
    await start();
    await untilProjected('crm-1499');
    expect(await ashiato(['verify', ...here])).toMatchObject({ code: 0 });
    const usage = await (await ask('/v1/usage?by=source&source=/foreign/crm', 'viewer')).json();
    expect((usage as { items: { count: number }[] }).items[0]!.count).toBe(1 + 20 + 500);
    trail.kill('SIGTERM');
    const [code] = await once(trail, 'exit');
    expect(code).toBe(0);
    expect(existsSync(join(data, 'run.json'))).toBe(false);
    expect(await ashiato(['verify', ...here])).toMatchObject({ code: 0 });
  });

  it('one changed byte in a stored segment is found and named', async () => {
    const folder = join(data, 'objects/segments/access/00000');
    const name = readdirSync(folder).find(file => file.endsWith('.zst'))!;
    const path = join(folder, name);
    const bytes = readFileSync(path);
    chmodSync(path, 0o644);
    const changed = Buffer.from(bytes);
    changed[changed.length >> 1]! ^= 1;
    writeFileSync(path, changed);
    const { code, stdout } = await ashiato(['verify', '--json', ...here]);
    expect(code).toBe(1);
    expect(stdout).toContain(`segments/access/00000/${name}`);
    writeFileSync(path, bytes);
    expect(await ashiato(['verify', ...here])).toMatchObject({ code: 0 });
  });
});

/** The trail's own process, below the bootstrap's. */
const runningPid = (): number => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')).pid;
