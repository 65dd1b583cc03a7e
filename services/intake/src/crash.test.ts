// SPDX-License-Identifier: Apache-2.0
// What was answered with 202 survives kill -9 of the intake (DESIGN 2, promise 1); the sdk rides it out.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Message, openQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { createTrail, type Recorded, type Trail } from '@ashiato/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { event, makeTopics, startScene } from './intake.testing.ts';

const KILLS = 5;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** An intake process on `port`; resolves when it listens. */
async function startIntake(dir: string, queueUrl: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      ASHIATO_DATA_DIR: dir,
      ASHIATO_QUEUE_URL: queueUrl,
      ASHIATO_LISTEN: `127.0.0.1:${port}`,
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stderr! })) {
    if (line.includes('"listening"')) return child;
  }
  throw new Error('the intake ended before it listened');
}

async function everythingIn(url: string): Promise<Message[]> {
  const queue = openQueue(url);
  onTestFinished(() => queue.close());
  const messages: Message[] = [];
  const { high } = (await queue.offsets(TOPICS.access))[0]!;
  if (high === 0) return [];
  const done = new AbortController();
  const onChunk = async (chunk: { messages: Message[]; to: number }) => {
    messages.push(...chunk.messages);
    if (chunk.to + 1 === high) done.abort();
  };
  const reading = {
    topics: [TOPICS.access],
    group: 'test',
    startAt: async () => 0,
    onChunk,
    onRevoked: async () => {},
  };
  await queue.subscribe(reading, done.signal);
  return messages;
}

const WORKERS = 20;
const EACH = 30;

/** Many small deliveries one after another; the intake is killed somewhere among them. */
async function killUnderLoad(trail: Trail, intake: ChildProcess, recorded: Recorded[]): Promise<void> {
  const access = event().whole.data as Parameters<Trail['record']>[0];
  const moment = recorded.length + 1 + Math.floor(Math.random() * WORKERS * (EACH - 2));
  const work = async () => {
    for (let i = 0; i < EACH; i++) {
      recorded.push(await trail.record(access));
      // Not in the turn of the acknowledgement: by then the next delivery is under way.
      if (recorded.length === moment) setTimeout(() => intake.kill('SIGKILL'), Math.random() * 10);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

test(`${KILLS} kills: every 202 is in the queue, in order, once but for repeats`, {
  timeout: 240_000,
}, async () => {
  const { dir, token } = await startScene();
  const queueUrl = `file:${join(dir, 'own')}`;
  const queue = openQueue(queueUrl);
  await makeTopics(queue);
  await queue.close();
  const port = await freePort();
  const trail = createTrail({
    source: '/desk/web-1',
    spoolDir: join(dir, 'spool'),
    durability: 'delivered',
    deliveryTimeoutMs: 120_000,
    intakeUrl: `http://127.0.0.1:${port}`,
    token: token.desk,
  });
  const recorded: Recorded[] = [];
  let intake = await startIntake(dir, queueUrl, port);
  for (let kill = 0; kill < KILLS; kill++) {
    const exited = once(intake, 'exit');
    const load = killUnderLoad(trail, intake, recorded);
    await exited;
    intake = await startIntake(dir, queueUrl, port);
    await load;
  }
  expect(await trail.close({ deadlineMs: 60_000 })).toEqual({ spooled: 0 });
  const exited = once(intake, 'exit');
  intake.kill('SIGTERM');
  await exited;

  const texts = (await everythingIn(queueUrl)).map(({ value }) => Buffer.from(value!).toString());
  const firsts = [...new Set(texts)].map(text => JSON.parse(text) as { sequence: string; id: string });
  expect(firsts.map(({ sequence }) => Number(sequence))).toEqual(firsts.map((_, i) => i + 1));
  const ids = new Map(firsts.map(({ id, sequence }) => [id, Number(sequence)]));
  expect(recorded.every(({ id, sequence }) => ids.get(id) === sequence)).toBe(true);
  expect(recorded).toHaveLength(KILLS * WORKERS * EACH);
  process.stdout.write(`${KILLS} kills: ${firsts.length} events, ${texts.length - firsts.length} again\n`);
});

const BODIES = 3;
const LINES = 6000;

/** Sends large bodies at one time, kills the intake as soon as the first is answered, and tells which were 202. */
async function killAtFirstAnswer(
  url: string,
  bearer: string,
  intake: ChildProcess,
  round: number,
): Promise<string[]> {
  const exited = once(intake, 'exit');
  const sent = Array.from({ length: BODIES }, async (_, body) => {
    const ids = Array.from({ length: LINES }, (_, line) => `${round}-${body}-${line}`);
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/x-ndjson' },
      body: ids.map(id => event({ id }).text).join('\n'),
    });
    intake.kill('SIGKILL');
    return answer.status === 202 ? ids : [];
  });
  const results = await Promise.allSettled(sent);
  await exited;
  return results.flatMap(result => (result.status === 'fulfilled' ? result.value : []));
}

test('killed at the moment of its answer, the intake has kept what it answered for', {
  timeout: 240_000,
}, async () => {
  const { dir, token } = await startScene();
  const queueUrl = `file:${join(dir, 'own')}`;
  const queue = openQueue(queueUrl);
  await makeTopics(queue);
  await queue.close();
  const port = await freePort();
  const promised: string[] = [];
  for (let round = 0; round < KILLS; round++) {
    const intake = await startIntake(dir, queueUrl, port);
    promised.push(...(await killAtFirstAnswer(`http://127.0.0.1:${port}`, token.desk, intake, round)));
  }
  expect(promised.length).toBeGreaterThanOrEqual(KILLS * LINES);
  const messages = await everythingIn(queueUrl);
  const kept = new Set(messages.map(({ value }) => JSON.parse(Buffer.from(value!).toString()).id));
  expect(promised.filter(id => !kept.has(id)).length, 'answered for, and lost').toBe(0);
});
