// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openFileQueue } from '@ashiato/queue';
import { createTrail } from '@ashiato/sdk';
import { afterAll, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../main.ts');
const dir = mkdtempSync(join(tmpdir(), 'ashiato-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function ashiato(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: dir });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, code };
}

test('key new keeps the private part to its owner and prints the register entry', async () => {
  const { out, code } = await ashiato('key', 'new', '--out', 'seal.pem', '--source', '/desk');
  expect(code).toBe(0);
  expect(statSync(join(dir, 'seal.pem')).mode & 0o777).toBe(0o600);
  const [, publicKey] = /^ {2}- prefix: "\/desk"\n {4}public_key: "(.{44})"\n/.exec(out) ?? [];
  const held = createPublicKey(createPrivateKey(readFileSync(join(dir, 'seal.pem')))).export({
    format: 'jwk',
  });
  expect(Buffer.from(publicKey!, 'base64').toString('base64url')).toBe(held.x);
  expect(out).not.toContain('PRIVATE');
  const again = await ashiato('key', 'new', '--out', 'seal.pem', '--source', '/desk');
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('does not exist') });
  expect(await ashiato('key', 'new', '--out', 'x.pem')).toMatchObject({ code: 2 });

  expect(await ashiato('key', 'new', '--pseudonym', '--out', 'pseudonym-1.key')).toMatchObject({
    code: 0,
    out: '',
  });
  expect(readFileSync(join(dir, 'pseudonym-1.key'))).toHaveLength(32);
});

test('forward delivers what a service left, and once more nothing', async () => {
  const queue = openFileQueue(join(dir, 'queue'));
  await queue.ensureTopics([{ topic: 'ashiato.access.v1', partitions: 1 }]);
  await queue.close();
  const keyed = { source: '/desk/1', sealKeyFile: join(dir, 'seal.pem'), forwarder: 'other' } as const;
  const trail = createTrail({ ...keyed, spoolDir: join(dir, 'spools/desk-1') });
  const access = { operation: 'use', fields: ['basic.name'], purpose: 'billing' } as const;
  await trail.record({ ...access, actor: { id: 'staff-1', type: 'user' }, subject: { ref: 'K-1' } });
  const busy = trail.status().spooled;
  await trail.close({ deadlineMs: 1 });
  expect(busy).toBe(2); // the start seal too

  const forward = ['forward', 'spools', '--queue', 'file:./queue', '--once', '--json'];
  const first = await ashiato(...forward);
  expect(JSON.parse(first.out)).toEqual({ events: 3, folders: 1, busy: 0 });
  expect(JSON.parse((await ashiato(...forward)).out)).toEqual({ events: 0, folders: 1, busy: 0 });
  const reader = openFileQueue(join(dir, 'queue'));
  expect(await reader.offsets('ashiato.access.v1')).toEqual([{ partition: 0, low: 0, high: 3 }]);
  await reader.close();
  expect(await ashiato('forward', 'spools')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--queue'),
  });
  expect(await ashiato('forward', 'absent', '--queue', 'file:./queue', '--once')).toMatchObject({ code: 2 });
});
