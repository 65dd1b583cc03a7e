// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

it('does what the README shows', async () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const snippet = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const own = readFileSync(import.meta.filename, 'utf8').split(/^ {2}\/\/ README$/m)[1]!;
  const flat = (text: string) => text.replaceAll(/\s+/g, ' ').replace("'file:./queue'", 'url').trim();
  expect(flat(snippet)).toBe(flat(own));
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-readme-'));
  const seen: string[] = [];
  const url = `file:${dir}`;
  const print = (text: string) => seen.push(text);
  // README
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
        print(`${chunk.partition}: ${chunk.from}..${chunk.to}, ${chunk.messages.length} messages`);
        stop.abort();
      },
      onRevoked: async () => {},
    },
    stop.signal,
  );
  await queue.close();
  // README
  expect(seen).toEqual(['0: 0..0, 1 messages']);
  rmSync(dir, { recursive: true, force: true });
});
