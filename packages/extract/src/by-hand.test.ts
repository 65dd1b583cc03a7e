// SPDX-License-Identifier: Apache-2.0
// What README.txt of an extract says one can do by hand, with SHA-256 and nothing of ours; unpacked by another program.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { createExtract } from './index.ts';
import { eventText, openTestTrail } from './trail.testing.ts';

const trail = await openTestTrail();
afterAll(() => trail.close());

const sha256 = (...parts: (Buffer | string)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map(part => Buffer.from(part))))
    .digest();
function root(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256('\x01', root(leaves.slice(0, split)), root(leaves.slice(split)));
}

it('unzips elsewhere, and its roots are as README.txt says', async () => {
  await trail.commit([eventText('a-0'), eventText('a-1', { subject: { ref: 'K-2' } }), eventText('a-2')]);
  const path = join(trail.dir, 'extract.zip');
  const deps = { ...trail, log: await trail.log(), page: Buffer.from('<!doctype html>') };
  await createExtract({ kind: 'records', from: '2026-05-01T00:00:00Z' }, path, deps);
  const program =
    'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nz.extractall(sys.argv[2])';
  await promisify(execFile)('python3', ['-c', program, path, join(trail.dir, 'out')]);
  const read = (name: string) => readFile(join(trail.dir, 'out', name), 'utf8');
  const lines = async (name: string) => (await read(name)).trimEnd().split('\n');

  const entries = await lines('proofs/log.jsonl');
  const logRoot = root(entries.map(line => sha256('\0', line)));
  expect(logRoot.toString('base64')).toBe((await lines('checkpoint'))[2]);
  const { header } = JSON.parse((await lines('proofs/segments.jsonl'))[0]!);
  const leaves = (await lines('records.jsonl')).map(line => {
    const { salt, who } = JSON.parse(line);
    const publicLine = line.slice(line.indexOf(',"record":') + 10, -1);
    return sha256('\0', publicLine, sha256(Buffer.from(salt, 'hex'), who));
  });
  expect(root([sha256('\0', header), ...leaves]).toString('hex')).toBe(JSON.parse(entries[1]!).root);
});
