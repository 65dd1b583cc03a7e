// SPDX-License-Identifier: Apache-2.0
// The crash table of a create in a folder: what each step leaves behind, and that going on after it is right.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openObjectStore } from './index.ts';
import { runProgram } from './test-programs/run-program.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ashiato-objects-crash-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const text = (value: string) => new TextEncoder().encode(value);

/** What the creator was told (nothing: it died), and whether the object is there afterwards. */
const TABLE: [point: string, told: string[], there: boolean][] = [
  ['before the file is synced', [], false],
  ['before link', [], false],
  ['after link', [], true],
  ['before the temporary file goes', [], true],
  ['link done and reported failed', ['FAILED'], true],
  ['never', ['created'], true],
];

test.each(TABLE)('%s', async (point, told, there) => {
  const root = join(base, point.replaceAll(' ', '-'));
  const creator = runProgram('die-at.ts', [`file:${root}`, 'key', point]);
  await creator.ended;
  expect(creator.lines).toEqual(told);
  expect(creator.child.signalCode).toBe(told.length === 0 ? 'SIGKILL' : null);

  const store = openObjectStore(`file:${root}`);
  expect(await readdir(join(root, '.ashiato/tmp'))).toEqual([]);
  expect((await store.get('key'))?.bytes).toEqual(there ? text('whole') : undefined);
  const again = await store.create('key', text('again'));
  expect(again.outcome).toBe(there ? 'exists' : 'created');
  // Once the retention is written, nobody removes what then bears that key.
  const protectedNow = point !== 'before the file is synced';
  expect((await store.remove('key')).outcome).toBe(protectedNow ? 'refused' : 'removed');
  await store.close();
});

test('before the folder is synced: nothing was acknowledged, and a new folder is made again', async () => {
  const url = `file:${join(base, 'folders')}`;
  const creator = runProgram('die-at.ts', [url, 'a/b/key', 'before the folder is synced']);
  await creator.ended;
  expect(creator.lines).toEqual([]);
  const store = openObjectStore(url);
  expect((await store.create('a/b/key', text('again'))).outcome).toBe('created');
  expect((await store.get('a/b/key'))?.bytes).toEqual(text('again'));
  await store.close();
});

test('of a retention that a dead creator left and the one asked for, the longer counts', async () => {
  const url = `file:${join(base, 'longer')}`;
  const creator = runProgram('die-at.ts', [url, 'key', 'before link']); // asks for an hour
  await creator.ended;
  const store = openObjectStore(url);
  await store.create('key', text('again'), { retainUntil: new Date(Date.now() + 60_000) });
  const { retainUntil } = await store.retention('key');
  expect(retainUntil?.getTime()).toBeGreaterThan(Date.now() + 1_800_000);
  await store.close();
});

test('file and folder are synced before anybody is told, the file before it has its name', async () => {
  const url = `file:${join(base, 'steps')}`;
  const creator = runProgram('die-at.ts', [url, 'key', 'tell']);
  await creator.ended;
  expect(creator.lines).toEqual([
    'before the file is synced',
    'before link',
    'after link',
    'before the temporary file goes',
    'before the folder is synced',
    'created',
  ]);
  // The loser of a race builds on what it finds, so it makes the name durable too.
  const loser = runProgram('die-at.ts', [url, 'key', 'tell']);
  await loser.ended;
  expect(loser.lines).toEqual(['before the folder is synced', 'exists']);
});
