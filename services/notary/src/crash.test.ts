// SPDX-License-Identifier: Apache-2.0
// The crash table of a round: killed before and after each object that it puts, and then two notaries at once go on. The
// log is whole, holds every segment once, and no two signed heads disagree.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openObjectStore } from '@ashiato/objects';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLog, commitSegments, notaryOn, signerThatTells } from './notary.testing.ts';

const PROGRAM = fileURLToPath(new URL('./test-programs/die-at.ts', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'ashiato-notary-crash-'));
/** One policy and two segments. */
const ENTRIES = 3;

beforeAll(async () => {
  await commitSegments(join(base, 'trail'), 0, 1);
  await commitSegments(join(base, 'trail'), 1, 1);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A copy of the trail with a notary that dies at this step; what it put before. */
async function dieAt(step: number, when: 'before' | 'after' | 'never') {
  const dir = join(base, `${step}-${when}`, 'objects');
  mkdirSync(join(dir, '..'));
  cpSync(join(base, 'trail'), dir, { recursive: true });
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    PROGRAM,
    dir,
    String(step),
    when,
  ]);
  const [put, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(complaint).toBe('');
  expect(child.signalCode).toBe(when === 'never' ? null : 'SIGKILL');
  return { dir, put: put.trim().split('\n') };
}

async function goOnWithTwo(dir: string): Promise<void> {
  const stores = [0, 1].map(() => openObjectStore(`file:${dir}`, {}));
  const notaries = stores.map(objects => notaryOn(objects, { signer: signerThatTells(dir) }));
  await Promise.all(notaries.map(notary => notary.round()));
  await commitSegments(dir, 1, 1);
  await Promise.all(notaries.map(notary => notary.round()));
  for (const objects of stores) await objects.close();
}

const KINDS = [
  'log/log.vkey',
  'indexes/',
  'log/batches/',
  'tile/entries/',
  'tile/0/',
  'log/places/',
  'log/heads/',
  'log/checkpoints/',
];

test('killed at every step, and going on with two at once', async () => {
  const whole = await dieAt(0, 'never');
  expect(await checkLog(whole.dir)).toMatchObject({
    head: { size: ENTRIES },
    checkpoint: ENTRIES,
    signed: 1,
  });
  for (const kind of KINDS)
    expect(
      whole.put.filter(key => key.startsWith(kind)),
      kind,
    ).not.toEqual([]);
  expect(whole.put.filter(key => !KINDS.some(kind => key.startsWith(kind)))).toEqual([]);

  // What one step leaves is what the next one finds, so "after" is asked of the last alone.
  const table = whole.put.map((key, i) => ({ key, step: i + 1, when: 'before' as 'before' | 'after' }));
  table.push({ key: whole.put.at(-1)!, step: table.length, when: 'after' });
  async function worker(): Promise<void> {
    for (let row = table.shift(); row; row = table.shift()) {
      const { dir, put } = await dieAt(row.step, row.when);
      expect(put.filter(key => key !== '')).toHaveLength(row.step - 1 + (row.when === 'after' ? 1 : 0));
      await goOnWithTwo(dir);
      const where = `${row.when} ${row.key}`;
      const { head, checkpoint } = await checkLog(dir);
      expect({ where, size: head.size, checkpoint }).toEqual({
        where,
        size: ENTRIES + 1,
        checkpoint: ENTRIES + 1,
      });
      expect(head.places).toMatchObject({ 'access.0': { next: 1 }, 'access.1': { next: 2 } });
    }
  }
  await Promise.all([worker(), worker(), worker()]);
});
