// SPDX-License-Identifier: Apache-2.0
// What is taken out of the object store, or put there, is named; the same trail untouched has no fault.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, type SegmentDraft, segmentKey, type Tip, writeStart } from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { openWarehouse } from '@ashiato/warehouse';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyTrail } from './verify-trail.ts';

let dir: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ashiato-verify-'));
  const objects = openObjectStore(`file:${dir}`, {});
  const ledger = createLedger({ objects });
  const tip = await ledger.takeOver('access', 0);
  for (let i = 0; i < 4; i++) expect(await ledger.commit(tip, draftAt(tip))).not.toBe('lost');
  await objects.close();
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const draftAt = ({ next }: Tip): SegmentDraft => ({
  records: [{ kind: 'unreadable', offset: next, appendedAt: 1, problem: 'empty', bytes: 0, encrypted: null }],
  gaps: [],
  policies: [],
  sources: [],
  clusterId: null,
  createdAt: new Date(),
  recorder: 'test',
  evaluator: 'test',
  keys: new Map(),
});

async function faults() {
  const objects = openObjectStore(`file:${dir}`, {});
  const warehouse = openWarehouse({ url: 'http://127.0.0.1:1' }); // left out below, so never asked
  try {
    const deps = { objects, ledger: createLedger({ objects }), log: createLog({ objects }), warehouse };
    return (await verifyTrail(deps, { projection: false, onProgress: () => {} })).faults;
  } finally {
    await warehouse.close();
    await objects.close();
  }
}

test('an untouched trail has no fault', async () => {
  expect(await faults()).toEqual([]);
});

test('a segment gone from the middle is named', async () => {
  const gone = segmentKey('access', 0, 1);
  rmSync(join(dir, gone));
  const after = segmentKey('access', 0, 2);
  const fault = `is missing or unreadable: 2 segments after it are stored, from ${after} on`;
  expect(await faults()).toEqual([{ kind: 'chain', place: gone, fault }]);
});

test('the first segment gone is named', async () => {
  rmSync(join(dir, segmentKey('access', 0, 0)));
  expect(await faults()).toMatchObject([{ kind: 'chain', place: segmentKey('access', 0, 0) }]);
});

test('strange files are named', async () => {
  mkdirSync(join(dir, 'segments/access/00007'), { recursive: true });
  for (const name of ['a-note.txt', 'segments/access/00007/x.jsonl.zst']) writeFileSync(join(dir, name), '-');
  expect((await faults()).map(({ kind, place }) => [kind, place])).toEqual([
    ['stray', 'a-note.txt'],
    ['stray', 'segments/access/00007/x.jsonl.zst'],
  ]);
});

test('a beginning taken away behind a start pointer of nobody is named; stretches kept by others are no strays', async () => {
  const objects = openObjectStore(`file:${dir}`, {});
  const [first, second] = await Promise.all(
    [0, 1].map(from => createLedger({ objects }).read('access', 0, from)),
  );
  const start = { stream: 'access', partition: 0, from: 2, previous: second!.sha256, tombstone: 'nobody' };
  await writeStart(objects, start, new Date(Date.now() + 60_000));
  await objects.create(
    `completeness/${'a'.repeat(16)}/access/00000/${'0'.repeat(20)}.${'1'.repeat(15)}.json.zst`,
    Buffer.from('-'),
  );
  await objects.close();
  for (const { key } of [first!, second!]) rmSync(join(dir, key));
  const fault = expect.stringContaining('begins at offset 2, but no tombstone');
  expect(await faults()).toEqual([{ kind: 'chain', place: 'access.0', fault }]);
});
