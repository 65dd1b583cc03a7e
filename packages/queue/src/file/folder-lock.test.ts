// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let dir: string;
beforeEach(() => {
  // Longer than a socket's path may be.
  dir = join(mkdtempSync(join(tmpdir(), 'ashiato-lock-')), 'folder-'.repeat(20));
  mkdirSync(dir);
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

/** Says LOCKED and ends, or says HELD and holds on until its standard input ends. */
const PROGRAM = `import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))};
try {
  const lock = await lockFolder(process.argv[1]);
  process.stdout.write('HELD');
  process.stdin.on('end', () => lock.release()).resume();
} catch (cause) { process.stdout.write(cause.code ?? String(cause)); process.exit(); }`;

function rival(before: string[] = []): ChildProcess {
  const [command, ...args] = [
    ...before,
    process.execPath,
    '--input-type=module-typescript',
    '-e',
    PROGRAM,
    dir,
  ];
  return spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}
const said = async (child: ChildProcess) => String((await once(child.stdout!, 'data'))[0]);

it('is taken, refused, released, and taken again; old numbers do not pile up', async () => {
  for (let i = 1; i <= 3; i++) {
    const lock = await lockFolder(dir);
    await expect(lockFolder(dir)).rejects.toMatchObject({ code: 'LOCKED' });
    expect(readdirSync(dir).sort()).toEqual([`lock.${i}`, 'owner']);
    await lock.release();
  }
});

it('of a dead owner is free although its process id lives', async () => {
  const owner = rival();
  expect(await said(owner)).toBe('HELD');
  await expect(lockFolder(dir)).rejects.toThrow(`process ${owner.pid};`);
  owner.kill('SIGSTOP');
  await expect(lockFolder(dir)).rejects.toMatchObject({ code: 'LOCKED' });
  owner.kill('SIGKILL');
  await once(owner, 'close');
  writeFileSync(join(dir, 'owner'), `${process.ppid}\n`);
  await (await lockFolder(dir)).release();
});

it('is seen from another container that shares the folder', async () => {
  const lock = await lockFolder(dir);
  // Own user, network and process namespaces: all that separates two containers but the folder.
  expect(await said(rival(['unshare', '-r', '-n', '-p', '-f']))).toBe('LOCKED');
  await lock.release();
  const other = rival(['unshare', '-r', '-n', '-p', '-f']);
  expect(await said(other)).toBe('HELD');
  await expect(lockFolder(dir)).rejects.toMatchObject({ code: 'LOCKED' });
  other.stdin!.end();
  await once(other, 'close');
});

it('goes to one of many who want it at once, and again when that one is killed', async () => {
  for (let round = 0; round < 3; round++) {
    const rivals = Array.from({ length: 6 }, () => rival());
    const answers = await Promise.all(rivals.map(said));
    expect(answers.filter(answer => answer === 'HELD')).toHaveLength(1);
    expect(answers.filter(answer => answer === 'LOCKED')).toHaveLength(5);
    for (const one of rivals) one.kill('SIGKILL');
    await Promise.all(rivals.map(one => one.exitCode ?? one.signalCode ?? once(one, 'close')));
  }
});

it('goes to one of many callers of one process', async () => {
  for (let round = 0; round < 20; round++) {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dir)));
    const held = results.filter(result => result.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await held[0]!.value.release();
  }
});
