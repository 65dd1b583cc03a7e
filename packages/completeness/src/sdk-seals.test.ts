// SPDX-License-Identifier: Apache-2.0
// What the sdk really sends, lives and crashes alike, is found sealed; nothing here makes a seal by itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chunk, openFileQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { createTrail } from '@ashiato/sdk';
import { newSealKey } from '@ashiato/sdk/seal-key';
import { expect, onTestFinished, test } from 'vitest';
import { createCompleteness } from './index.ts';
import { beacon, byTime, openTestTrail, registerOf, type Said, system } from './trail.testing.ts';

test('three lives of a real source are sealed; one message left out is missing by its number', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-sealed-'));
  const queue = openFileQueue(join(dir, 'queue'));
  onTestFinished(async () => {
    await queue.close();
    rmSync(dir, { recursive: true, force: true });
  });
  await queue.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  const { privateKey, publicKey } = newSealKey();
  const sealKeyFile = join(dir, 'seal.pem');
  writeFileSync(sealKeyFile, privateKey);
  for (const count of [20, 0, 3]) {
    const source = '/s/desk/1';
    const trail = createTrail({ source, spoolDir: join(dir, 'spool'), queue, sealKeyFile });
    await trail.start();
    for (let i = 0; i < count; i++)
      await trail.record({
        actor: { id: 'E-1', type: 'user' },
        operation: 'use',
        fields: ['basic.name'],
        purpose: 'billing',
      });
    await trail.close();
  }
  const said: Said[] = [];
  const [held] = await queue.offsets(TOPICS.access);
  const done = new AbortController();
  const onChunk = async ({ messages, to }: Chunk) => {
    for (const { value, appendedAt: at } of messages) said.push({ at, text: Buffer.from(value!).toString() });
    if (to + 1 >= held!.high) done.abort();
  };
  const startAt = async () => 0;
  await queue.subscribe(
    { topics: [TOPICS.access], group: 'test', startAt, onChunk, onRevoked: async () => undefined },
    done.signal,
  );
  const [from, to] = [said[0]!.at - 1000, said.at(-1)!.at + 1000];
  async function gaps(messages: readonly Said[]) {
    const trail = openTestTrail(registerOf(publicKey, [system('desk', ['/s/desk'])]));
    await trail.commit(byTime([beacon(from)], messages, [beacon(to)]));
    const { gaps, sources } = await createCompleteness(() => trail.store).statement({ from, to });
    expect(sources.map(({ state, records, stopped }) => [state, records, stopped])).toEqual([
      ['sealed', expect.any(Number), true],
      ['sealed', 0, true],
      ['sealed', 3, true],
    ]);
    return gaps.map(({ code, en }) => `${code}: ${en}`);
  }
  expect(await gaps(said)).toEqual([]);
  const left = said.filter(({ text }) => JSON.parse(text).sequence !== '7');
  expect(await gaps(left)).toEqual([expect.stringMatching(/^missing_numbers: number 7 did not arrive/)]);
});
