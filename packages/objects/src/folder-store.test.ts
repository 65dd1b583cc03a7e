// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openObjectStore } from './index.ts';
import { objectStoreContract } from './objects.contract.ts';
import { runProgram } from './test-programs/run-program.ts';

const bytes = new TextEncoder().encode('folder');
const HOUR_MS = 3_600_000;
let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ashiato-objects-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

objectStoreContract('a folder', async () => ({ url: `file:${join(base, 'contract')}`, options: {} }));

describe('a folder', () => {
  test('objects are plain read-only files under their keys', async () => {
    const store = openObjectStore(`file:${join(base, 'plain')}`);
    await store.create('segments/access/00000/0.jsonl.zst', bytes);
    const file = await stat(join(base, 'plain/segments/access/00000/0.jsonl.zst'));
    expect(file.mode & 0o777).toBe(0o444);
    expect(file.nlink).toBe(1);
    expect(await readdir(join(base, 'plain/.ashiato/tmp'))).toEqual([]);
    await store.close();
  });

  test('retention and holds outlive the process that set them', async () => {
    const url = `file:${join(base, 'again')}`;
    const before = openObjectStore(url);
    await before.create('a', bytes, { retainUntil: new Date(Date.now() + HOUR_MS) });
    await before.create('b', bytes);
    await before.setLegalHold('b', true);
    await before.close();
    const after = openObjectStore(url);
    expect((await after.remove('a')).outcome).toBe('refused');
    expect((await after.remove('b')).outcome).toBe('refused');
    await after.close();
  });

  test('killed at any moment, it never leaves an object that lacks its retention', async () => {
    const url = `file:${join(base, 'torn')}`;
    const retain = new Date(Date.now() + HOUR_MS).toISOString();
    for (let round = 0; round < 6; round++) {
      const writer = runProgram('create-many.ts', [url, '{}', `r${round}/`, '3000', retain]);
      await writer.untilLines(5 + round);
      writer.child.kill('SIGKILL');
      await writer.ended;
    }
    const store = openObjectStore(url);
    let found = 0;
    for await (const { key, size } of store.list('')) {
      found += 1;
      expect(size).toBe(3000);
      expect((await store.remove(key)).outcome).toBe('refused');
    }
    expect(found).toBeGreaterThanOrEqual(45);
    await store.close();
  });

  test('lists by byte order even where a walk by name differs', async () => {
    const store = openObjectStore(`file:${join(base, 'order')}`);
    const keys = ['a-b/1', 'a.b', 'a/1', 'a/1.x/y', 'a/2-x', 'a/2/z', 'a0', 'a_b'];
    for (const key of keys.toReversed()) await store.create(key, bytes);
    for (const after of ['', ...keys]) {
      const listed: string[] = [];
      for await (const { key } of store.list('', { after })) listed.push(key);
      expect(listed).toEqual(keys.filter(key => key > after));
    }
    await store.close();
  });

  test('temporary files of dead writers go, those of living ones stay', async () => {
    const url = `file:${join(base, 'temps')}`;
    await openObjectStore(url).close();
    const temporary = join(base, 'temps/.ashiato/tmp');
    const ended = runProgram('race-one.ts', [url, '{}', '0', 'x']);
    await ended.untilLines(1);
    ended.child.kill('SIGKILL');
    await ended.ended;
    const here = hostname().replaceAll(/[^A-Za-z0-9-]/g, '_');
    const [dead, alive] = [`${here}.${ended.child.pid}.x`, `${here}.${process.ppid}.x`];
    for (const name of [dead, alive]) await writeFile(join(temporary, name), bytes);
    await openObjectStore(url).close();
    expect(await readdir(temporary)).toEqual([alive]);
  });

  test('a key below another key is refused and harms nothing', async () => {
    const store = openObjectStore(`file:${join(base, 'below')}`);
    await store.create('a/b', bytes);
    await expect(store.create('a/b/c', bytes)).rejects.toMatchObject({ code: 'KEY' });
    await expect(store.create('a', bytes)).rejects.toMatchObject({ code: 'KEY' });
    expect((await store.get('a/b'))?.bytes).toEqual(bytes);
    await store.close();
  });

  test('a full disk is told, leaves nothing behind, and what was there stays', async () => {
    expect(await onTmpfs('full')).toEqual([
      'full DISK_FULL no space left',
      'absent',
      'temporary 0',
      'first created',
      'after freeing created',
    ]);
  });

  test('a read-only file system is told', async () => {
    expect(await onTmpfs('read-only')).toEqual(['open READ_ONLY mount it writable']);
  });
});

/** Runs the program on a 1 MiB file system in a mount namespace of its own, which ends with it. */
async function onTmpfs(what: string): Promise<string[]> {
  if (!existsSync('/usr/bin/unshare')) {
    throw new Error('this test mounts a small tmpfs with unshare(1); install util-linux and run it on Linux');
  }
  const mountPoint = await mkdtemp(join(base, 'tmpfs-'));
  const mount = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"';
  const wrap = ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, mountPoint];
  const program = runProgram('unwritable.ts', [mountPoint, what], wrap);
  await program.untilLines(1);
  await program.ended;
  return program.lines;
}
