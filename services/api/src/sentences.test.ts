// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { bundleText, compile } from '@ashiato/policy';
import { loadVersion, shippedPolicy } from '@ashiato/policy/load';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createSentences } from './sentences.ts';

const before = await loadVersion(shippedPolicy());
const now = await loadVersion('sample-clinic');
const verdict = compile([before]).evaluate({
  time: '2026-06-02T10:00:00+09:00',
  data: { operation: 'use', purpose: 'selling_addresses', fields: ['basic.name'] },
});
const [found] = verdict.findings;
const finding = { ...found!, clauses: [...found!.clauses] };

const dir = mkdtempSync(join(tmpdir(), 'ashiato-sentences-'));
let objects: ObjectStore;
let warned: object[];
beforeEach(() => {
  objects = openObjectStore(`file:${mkdtempSync(join(dir, 'objects-'))}`, {});
  warned = [];
});
afterEach(() => objects.close());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = () =>
  createSentences({ judge: compile([now]), objects, logger: { warn: about => void warned.push(about) } });

test('a bundle that no longer runs is read back from the evidence, once it is there', async () => {
  const sentences = open();
  const without = await Promise.all([sentences(before.sha256), sentences(before.sha256)]);
  expect(without.map(sentence => sentence(finding))).toEqual([undefined, undefined]);
  expect(warned).toEqual([{ sha256: before.sha256 }]);

  await objects.create(`policies/${before.sha256}.json`, Buffer.from(bundleText(before)));
  const { ja, en } = finding;
  expect((await sentences(before.sha256))(finding)).toEqual(expect.objectContaining({ ja, en }));
  expect(warned).toHaveLength(1);
});

test('other content under that name is no bundle of it', async () => {
  await objects.create(`policies/${before.sha256}.json`, Buffer.from(bundleText(now)));
  expect((await open()(before.sha256))(finding)).toBeUndefined();
  expect(warned).toEqual([{ code: 'MISMATCH', sha256: before.sha256 }]);
});

test('what runs, and what the shape of events had against them, needs no store', async () => {
  const sentences = open();
  const known = await sentences(now.sha256);
  const outside = { ...finding, code: 'no_policy_in_force', about: 'time' };
  expect(known(outside)?.en).toEqual(expect.any(String));
  const unruled = await sentences('');
  expect(unruled({ ...finding, code: 'member_outside_schema', about: 'data.note' })?.en).toEqual(
    expect.any(String),
  );
  expect(unruled(finding)).toBeUndefined();
  expect(warned).toEqual([]);
});
