// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openQueue } from './index.ts';

it('refuses an address it cannot read, without echoing it', () => {
  const wrong = [
    '',
    'file:',
    'mqtt://x:1',
    'kafka://',
    'kafka://host',
    'kafka://a:1,',
    'kafka://user:secret@host:1',
  ];
  for (const url of wrong) {
    expect(() => openQueue(url)).toThrow(
      expect.objectContaining({ code: 'ADDRESS', message: expect.not.stringContaining('secret') }),
    );
  }
  for (const url of ['kafka://a:1,b:2', 'kafka://[::1]:9092', 'file:/tmp/x', 'file:./x']) openQueue(url);
});

it('says what is wrong when no broker is there', async () => {
  const queue = openQueue('kafka://127.0.0.1:1');
  await expect(queue.ping()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await queue.close();
});

it('gives a new reader what was published before, as the README shows', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-readme-'));
  const seen: string[] = [];
  const url = `file:${dir}`;
  const queue = openQueue(url);
  await queue.ensureTopics([{ topic: 'visits', partitions: 2 }]);
  await queue.publisher().publish([{ topic: 'visits', key: 'desk-1', value: Buffer.from('{}') }]);

  const stop = new AbortController();
  await queue.subscribe(
    {
      topics: ['visits'],
      group: 'reader',
      startAt: async (_topic, _partition, { low }) => low,
      onChunk: async chunk => {
        seen.push(`${chunk.partition}: ${chunk.from}..${chunk.to}, ${chunk.messages.length} messages`);
        stop.abort();
      },
      onRevoked: async () => {},
    },
    stop.signal,
  );
  await queue.close();
  expect(seen).toEqual(['0: 0..0, 1 messages']);
  rmSync(dir, { recursive: true, force: true });
});
