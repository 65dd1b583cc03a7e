// SPDX-License-Identifier: Apache-2.0
// A running intake on loopback, with a real queue and real tokens.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokens, type Tokens } from '@ashiato/auth';
import { openQueue, type Queue } from '@ashiato/queue';
import { STREAMS, TOPICS } from '@ashiato/schema';
import fastify from 'fastify';
import { onTestFinished } from 'vitest';
import { createIntake, type IntakeDeps } from './intake.ts';

export interface Scene {
  dir: string;
  queue: Queue;
  tokens: Tokens;
  url: string;
  /** An emitter's for any source, one for `/desk/` alone, an admin's, a viewer's. */
  token: { emitter: string; desk: string; admin: string; viewer: string };
  send(type: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<Answered>;
  /** The bytes at a position the intake told. */
  bytesAt(item: Item): Promise<string>;
}

export interface Item {
  index: number;
  line?: number;
  id?: string;
  kept: boolean;
  position?: { topic: string; partition: number; offset: number };
  record?: string;
  unreadable?: string;
  too_large?: number;
  problems?: { member: string; code: string; expected: string }[];
}

export interface Answered {
  status: number;
  headers: Headers;
  body: { code?: string; detail?: string; accepted: number; kept?: boolean; items: Item[] };
}

export async function makeTopics(queue: Queue, partitions = 1): Promise<void> {
  await queue.ensureTopics(STREAMS.map(stream => ({ topic: TOPICS[stream], partitions })));
}

export async function startScene(deps: Partial<IntakeDeps> = {}): Promise<Scene> {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-intake-'));
  const queue = deps.queue ?? openQueue(`file:${join(dir, 'queue')}`);
  if (deps.queue === undefined) await makeTopics(queue);
  const tokens = createTokens(join(dir, 'tokens'));
  const issue = (role: 'emitter' | 'admin' | 'viewer', scope = {}) =>
    tokens.issue({ role, label: 'test', scope }).token;
  const token = {
    emitter: issue('emitter'),
    desk: issue('emitter', { source_prefix: '/desk/' }),
    admin: issue('admin'),
    viewer: issue('viewer'),
  };
  const app = fastify();
  await app.register(createIntake({ queue, tokens, ...deps }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
    if (deps.queue === undefined) await queue.close();
    await rm(dir, { recursive: true, force: true });
  });
  return { dir, queue, tokens, url, token, send, bytesAt };

  async function send(type: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.emitter}`, 'content-type': type, ...headers },
      body: typeof body === 'string' ? body : Buffer.from(body),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Answered['body'],
    };
  }

  async function bytesAt({ position }: Item) {
    const { topic, partition, offset } = position!;
    return Buffer.from((await queue.readAt(topic, partition, offset))!.value!).toString();
  }
}

/** An ordinary event; `spelled` is its text as a sender may write it, with white space JSON.stringify would not. */
export function event(members: Record<string, unknown> = {}, data: Record<string, unknown> = {}) {
  const whole = {
    specversion: '1.0',
    id: 'e-1',
    source: '/desk/web-1',
    type: 'io.ashiato.access.v1',
    time: '2026-06-02T10:00:00+09:00',
    data: {
      actor: { id: 'staff-104', type: 'user' },
      subject: { ref: 'K-1001' },
      operation: 'use',
      fields: ['basic.name'],
      purpose: 'billing',
      business: 'electricity',
      ...data,
    },
    ...members,
  };
  return { whole, text: JSON.stringify(whole), spelled: JSON.stringify(whole).replaceAll('":', '" : ') };
}
