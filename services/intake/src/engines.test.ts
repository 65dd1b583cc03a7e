// SPDX-License-Identifier: Apache-2.0
// The intake with what stands around it: a queue that is away, another plugin, the sdk, curl.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTokens } from '@ashiato/auth';
import { openFileQueue, openQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { createTrail } from '@ashiato/sdk';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { event, makeTopics, startScene } from './intake.testing.ts';
import { createIntake } from './intake.ts';

const NDJSON = 'application/x-ndjson';
const refusal = { status: 503, body: { code: 'queue_not_writable' } };

/** A port of loopback that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

test('brokers that do not answer are a 503 with Retry-After, never a 202', async () => {
  const queue = openQueue(`kafka://127.0.0.1:${await closedPort()}`);
  const { send } = await startScene({ queue, publishTimeoutMs: 300 });
  const answered = await send(NDJSON, event().text);
  expect(answered).toMatchObject(refusal);
  expect(answered.headers.get('retry-after')).toBe('5');
});

test('a full queue of files is a 503; what was accepted before stays', async () => {
  const { dir } = await startScene();
  const queue = openQueue(`file:${join(dir, 'small')}`, { maxBytes: 40_000 });
  await makeTopics(queue);
  const { send } = await startScene({ queue });
  let accepted = 0;
  let answered = await send(NDJSON, event().text);
  for (; answered.status === 202; answered = await send(NDJSON, event().text)) accepted++;
  expect(answered).toMatchObject(refusal);
  expect(answered.body.detail).toContain('QUEUE_FULL');
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(accepted);
  expect(accepted).toBeGreaterThan(10);
  await queue.close();
  expect(await send(NDJSON, event().text)).toMatchObject(refusal);
});

test('it shares a server with others: its parsers and error answers stay inside', async () => {
  const { queue, dir } = await startScene();
  const app = fastify();
  onTestFinished(() => app.close());
  app.post('/other', async request => ({ got: request.body }));
  await app.register(createIntake({ queue, tokens: createTokens(join(dir, 'tokens')) }));
  const json = await app.inject({ method: 'POST', url: '/other', payload: { a: 1 } });
  expect(json.json()).toEqual({ got: { a: 1 } });
  expect(
    (
      await app.inject({ method: 'POST', url: '/other', headers: { 'content-type': NDJSON }, body: '1' })
    ).json().code,
  ).toBe('FST_ERR_CTP_INVALID_MEDIA_TYPE');
  expect((await app.inject({ method: 'POST', url: '/v1/events' })).json().code).toBe('token_missing');
});

test('the sdk delivers through it: complete, in order, the spooled bytes', async () => {
  const { dir, queue, url, token } = await startScene();
  const failures: string[] = [];
  const options = {
    source: '/desk/web-1',
    intakeUrl: url,
    onNotice: (notice: { text: string }) => failures.push(notice.text),
  };
  const access = event().whole.data as Parameters<ReturnType<typeof createTrail>['record']>[0];
  const refused = createTrail({ ...options, spoolDir: join(dir, 'spool'), token: token.viewer });
  await refused.record(access);
  await expect.poll(() => refused.status().lastFailure).toContain('403 role_not_allowed');
  expect(await refused.close({ deadlineMs: 1 })).toEqual({ spooled: 1 });

  // With the right token the event of the refused run goes first.
  const trail = createTrail({ ...options, spoolDir: join(dir, 'spool'), token: async () => token.desk });
  const recorded = await Promise.all(Array.from({ length: 3000 }, () => trail.record(access)));
  expect(await trail.close()).toEqual({ spooled: 0 });
  const { high } = (await queue.offsets(TOPICS.access))[0]!;
  expect(high).toBe(3001);
  for (const [i, { id, sequence, epoch }] of recorded.entries()) {
    if (i % 100 > 0) continue;
    const { key, value } = (await queue.readAt(TOPICS.access, 0, i + 1))!;
    expect(Buffer.from(key!).toString()).toBe(`/desk/web-1#${epoch}`);
    expect(JSON.parse(Buffer.from(value!).toString())).toMatchObject({ id, sequence: String(sequence) });
  }
});

test('what the intake can only keep as evidence is not sent by the sdk for ever', async () => {
  const { dir, queue, url, token } = await startScene();
  const options = { source: '/desk/web-1', spoolDir: join(dir, 'spool'), intakeUrl: url, token: token.desk };
  const first = createTrail(options);
  await first.start();
  await first.close();
  // As if a later version of the sdk had spooled what this intake does not know.
  const spool = openFileQueue(join(dir, 'spool', 'events'));
  const value = Buffer.from('{"specversion":"2.0"}');
  await spool.publisher().publish([{ topic: 'spool', partition: 0, key: 'k', value }]);
  await spool.close();

  const notices: string[] = [];
  const trail = createTrail({ ...options, onNotice: ({ text }) => notices.push(text) });
  await trail.record(event().whole.data as Parameters<typeof trail.record>[0]);
  expect(await trail.close()).toEqual({ spooled: 0 });
  expect(notices.join()).toContain('as evidence');
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(2);
});

test('curl, as in the README', async () => {
  const { url, token, dir } = await startScene();
  const args = ['-sS', '-w', '\n%{http_code}', '-H', `Authorization: Bearer ${token.emitter}`];
  args.push('-H', 'Content-Type: application/cloudevents+json', '-d', event().text, `${url}/v1/events`);
  const { stdout } = await promisify(execFile)('curl', args, { cwd: dir });
  const [body, status] = stdout.split('\n');
  expect({ status, record: JSON.parse(body!).items[0].record }).toEqual({
    status: '202',
    record: 'access.0.0',
  });
});
