// SPDX-License-Identifier: Apache-2.0
// Extracts over HTTP: asked for, followed, fetched and verified; who may, who may not, and what it leaves behind.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTokens } from '@ashiato/auth';
import { verifyExtract } from '@ashiato/extract/verify';
import { createLog } from '@ashiato/ledger/log';
import { bundleText } from '@ashiato/policy';
import { formatVkey } from '@ashiato/tlog/note';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answered, accessEvent, openScene, type Scene } from './api.testing.ts';
import { createExtractJobs, type ExtractJobs } from './extract-jobs.ts';
import { notarise, signer } from './notarise.testing.ts';

// Before the broker's clock of the scene: the log reaches as far as that.
const earlier = (message: string) => JSON.stringify({ ...JSON.parse(message), time: '2026-05-31T13:00:00Z' });
const messages = [
  earlier(accessEvent('e-1')),
  earlier(accessEvent('e-2', { subject: { ref: 'K-88' } })),
  'no json',
];
const period = { from: '2026-05-01T00:00:00Z' };

let scene: Scene;
let ask: Scene['ask'];
let url: string;
let jobs: ExtractJobs;
const stop = new AbortController();
let running: Promise<void>;
let token: Record<'regulator' | 'other' | 'subject', string>;

const jobsOf = () => {
  const { objects, deps, dir } = scene;
  const log = createLog({ objects });
  return createExtractJobs({
    objects,
    ledger: deps.ledger,
    log,
    dir: join(dir, 'under-way'),
    logger: deps.logger,
  });
};

beforeAll(async () => {
  scene = await openScene(messages);
  for (const bundle of scene.deps.judge.bundles)
    await scene.objects.create(`policies/${bundle.sha256}.json`, Buffer.from(bundleText(bundle)));
  jobs = jobsOf();
  ({ ask, url } = await scene.variant({ extracts: jobs }));
  const tokens = openTokens(join(scene.dir, 'tokens'));
  const issue = (role: 'regulator' | 'subject', who: string) =>
    tokens.issue({ role, label: 'test', scope: { who } }).token;
  token = {
    regulator: issue('regulator', 'ppc'),
    other: issue('regulator', 'court'),
    subject: issue('subject', 'K-88'),
  };
});
afterAll(async () => {
  stop.abort();
  await running;
  await scene.stop();
});

const post = (
  body: object,
  role: 'investigator' | 'viewer' | 'regulator' = 'investigator',
): Promise<Answered> =>
  ask('/v1/extracts', {
    method: 'POST',
    role,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const as = (who: keyof typeof token, path: string) =>
  ask(path, { headers: { authorization: `Bearer ${token[who]}` } });
const idOf = ({ body }: Answered) => body.id as string;

async function verified(path: string, bearer: string) {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${bearer}` } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const source = { size: bytes.length, read: async (from: number, to: number) => bytes.subarray(from, to) };
  return verifyExtract(source, { logKey: formatVkey(signer.key) });
}

test('without a checkpoint there is nothing to prove', async () => {
  expect(await post({ kind: 'records', ...period })).toMatchObject({
    status: 404,
    body: { code: 'no_checkpoint' },
  });
});

test('an extract is asked for before its maker runs, made once it does, and verifies', async () => {
  await notarise(scene.objects);
  const asked = await post({ kind: 'records', ...period, filter: { subject: ['K-77'] }, for: 'ppc' });
  expect(asked).toMatchObject({ status: 202, body: { state: 'waiting', for: 'ppc' } });
  expect(await ask(`/v1/extracts/${idOf(asked)}/file`)).toMatchObject({ status: 409 });
  // A crash before the extract was made: another process finds the ask, and leftovers are swept away.
  mkdirSync(join(scene.dir, 'under-way'), { recursive: true });
  writeFileSync(join(scene.dir, 'under-way', 'left'), '');
  running = jobs.run(stop.signal);
  expect(await jobs.ended(idOf(asked))).toMatchObject({ state: 'ready', records: 1, segments: 0 });
  const { ok, manifest } = await verified(`/v1/extracts/${idOf(asked)}/file`, scene.token.investigator);
  expect([ok, manifest?.counts.matching]).toEqual([true, 1]);
  expect(scene.reads.slice(-2)).toMatchObject([
    { operation: 'create_extract', subjects: ['K-77'] },
    { operation: 'read_extract', records: 1 },
  ]);
});

test('the same ask at the same checkpoint is the same extract', async () => {
  const body = { kind: 'records', ...period, filter: { subject: ['K-77'] }, for: 'ppc' };
  const [one, two] = [await post(body), await post(body)];
  expect(idOf(one)).toBe(idOf(two));
  expect(one.body.state).toBe('ready');
});

test('a regulator reads its own extracts and learns of no others', async () => {
  const id = idOf(await post({ kind: 'records', ...period, filter: { subject: ['K-77'] }, for: 'ppc' }));
  expect(await as('regulator', `/v1/extracts/${id}`)).toMatchObject({
    status: 200,
    body: { state: 'ready' },
  });
  expect((await verified(`/v1/extracts/${id}/file`, token.regulator)).ok).toBe(true);
  const before = scene.reads.length;
  for (const path of [`/v1/extracts/${id}`, `/v1/extracts/${id}/file`, `/v1/extracts/${'0'.repeat(32)}`])
    expect(await as('other', path)).toMatchObject({ status: 404, body: { code: 'extract_not_found' } });
  expect(await ask(`/v1/extracts/${id}`, { role: 'regulator' })).toMatchObject({ status: 404 });
  expect(await post({ kind: 'records', ...period }, 'regulator')).toMatchObject({ status: 403 });
  expect(await post({ kind: 'records', ...period }, 'viewer')).toMatchObject({ status: 403 });
  expect(scene.reads.length).toBe(before);
});

test('a person opens their own statement alone', async () => {
  const { ok, manifest } = await verified('/v1/subjects/K-88/statement', token.subject);
  expect(ok).toBe(true);
  expect(manifest).toMatchObject({ request: { kind: 'subject', staff: 'hidden' }, counts: { matching: 1 } });
  expect(scene.reads.at(-1)).toMatchObject({ operation: 'read_extract', subjects: ['K-88'] });
  expect(await as('subject', '/v1/subjects/K-77/statement')).toMatchObject({ status: 403 });
  expect(await as('subject', '/v1/extracts/0')).toMatchObject({ status: 403 });
});

test('what cannot be made is refused, or said to have failed', async () => {
  expect(await post({ kind: 'subject', ...period })).toMatchObject({
    status: 422,
    body: { code: 'extract_refused' },
  });
  expect(await post({ kind: 'nonsense', ...period })).toMatchObject({
    status: 400,
    body: { code: 'invalid_body' },
  });
  const late = await post({ kind: 'records', from: '2030-01-01T00:00:00Z' });
  const ended = await jobs.ended(idOf(late));
  expect(ended).toMatchObject({ state: 'failed' });
  expect(ended.problem).toContain('the log reaches 2026-');
});

test('a read that cannot be recorded is not answered', async () => {
  const id = idOf(await post({ kind: 'records', ...period, filter: { subject: ['K-77'] }, for: 'ppc' }));
  const { ask: deaf } = await scene.variant({
    extracts: jobs,
    recordRead: async () => {
      throw new Error('disk full');
    },
  });
  expect(await deaf(`/v1/extracts/${id}/file`)).toMatchObject({
    status: 503,
    body: { code: 'read_not_recorded' },
  });
});
