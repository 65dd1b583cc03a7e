// SPDX-License-Identifier: Apache-2.0
// Runs the snippet of the README, and holds it against the file.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureBucket, openObjectStore } from './index.ts';

test('the README’s snippet does what it says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ashiato-objects-readme-'));
  const url = `file:${folder}`;
  const options = {};
  const bytes = new TextEncoder().encode('bytes');
  // snippet
  await ensureBucket(url, options);
  const store = openObjectStore(url, options);
  const retainUntil = new Date(Date.now() + 10 * 365 * 86_400_000);
  const { outcome } = await store.create('segments/access/00000/0.jsonl.zst', bytes, { retainUntil });
  const back = await store.get('segments/access/00000/0.jsonl.zst');
  await store.close();
  // end of snippet
  expect(outcome).toBe('created');
  expect(back?.bytes).toEqual(bytes);
  await rm(folder, { recursive: true });
});

test('the README’s snippet is the one that ran', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const self = await readFile(new URL(import.meta.url), 'utf8');
  const ran = /\/\/ snippet\n(.*?) {2}\/\/ end of snippet/s.exec(self)?.[1]?.replaceAll(/^ {2}/gm, '');
  expect(/```ts\n(.*?)```/s.exec(readme)?.[1]).toBe(ran);
});
