// SPDX-License-Identifier: Apache-2.0
// A desk that listens on loopback, with a real database, trail and queue.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { compile } from '@ashiato/policy';
import type { Vocabulary } from '@ashiato/policy/astmax-energy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { type Chunk, openQueue } from '@ashiato/queue';
import { type AccessEvent, decode, TOPICS } from '@ashiato/schema';
import { createTrail, type Trail, type TrailOptions } from '@ashiato/sdk';
import fastify from 'fastify';
import { onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';
import { createDesk } from './desk.ts';
import { type Browser, createBrowser, type Page } from './sample-staff/browser.ts';

export const judge = compile(await loadPolicies(shippedPolicy()), { mode: 'strict' });
export const PASSWORD = 'a password of this test';

export interface Scene {
  address: string;
  database: DatabaseSync;
  trail: Trail<Vocabulary>;
  /** A browser in which this member of staff is signed in, and the first page. */
  signIn(id: string): Promise<{ browser: Browser; page: Page }>;
  /** Waits until everything recorded so far has arrived, and answers what came since the last time. */
  recorded(): Promise<AccessEvent['data'][]>;
}

export async function startDesk(options: Partial<TrailOptions> = {}): Promise<Scene> {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-desk-'));
  const queue = openQueue(`file:${join(dir, 'queue')}`);
  await queue.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  const database = openDatabase(dir, { password: PASSWORD, now: new Date() });
  const trail = createTrail<Vocabulary>({
    source: '/sample/desk-under-test',
    spoolDir: join(dir, 'spool'),
    queue,
    mode: 'strict',
    pseudonymKeys: { 1: Buffer.alloc(32, 1) },
    ...options,
  } as TrailOptions);
  const app = fastify();
  await app.register(createDesk({ trail, database, secureCookies: false }));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
    await trail.close();
    database.close();
    await queue.close();
    await rm(dir, { recursive: true, force: true });
  });
  let seen = 0;

  return {
    address,
    database,
    trail,
    async signIn(id) {
      const browser = createBrowser(address, { 'accept-language': 'en' });
      const page = await browser.submit(await browser.open('/login'), '/login', { id, password: PASSWORD });
      return { browser, page };
    },
    async recorded() {
      const { high } = (await queue.offsets(TOPICS.access))[0]!;
      const found: AccessEvent['data'][] = [];
      if (high === seen) return found;
      const done = new AbortController();
      const onChunk = async ({ messages, to }: Chunk) => {
        for (const { value } of messages) found.push(dataOf(value!));
        if (to + 1 >= high) done.abort();
      };
      const startAt = async () => seen;
      const onRevoked = async () => undefined;
      await queue.subscribe(
        { topics: [TOPICS.access], group: 'test', startAt, onChunk, onRevoked },
        done.signal,
      );
      seen = high;
      return found;
    },
  };
}

function dataOf(value: Uint8Array): AccessEvent['data'] {
  const decoded = decode('access', value);
  if (decoded.kind !== 'event' || decoded.problems.length > 0) throw new Error(JSON.stringify(decoded));
  return decoded.event.data as AccessEvent['data'];
}
