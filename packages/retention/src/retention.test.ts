// SPDX-License-Identifier: Apache-2.0
// Periods, holds, expiry and destruction on a real ledger in a folder whose periods are seconds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, createOpenSegment, type RecordDraft, verifySegment } from '@ashiato/ledger';
import { openObjectStore } from '@ashiato/objects';
import { controlEvents, decode, type Stream } from '@ashiato/schema';
import { expect, onTestFinished, test } from 'vitest';
import { applyHolds, destroy, expire, findDue, readHolds, sweep, type Tombstone } from './index.ts';

const START = Date.UTC(2026, 4, 1);
const MINUTE = 60_000;
const place = { stream: 'access', partition: 0 };
const by = { id: 'E-9', type: 'user' };

/** Segments of one beacon each, a minute apart; their period is over `retentionMs` after now. */
async function scene({ segments = 5, retentionMs = 2_000 } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-retention-'));
  const objects = openObjectStore(`file:${dir}`, {});
  onTestFinished(async () => {
    await objects.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const ledger = createLedger({ objects, retentionMs });
  let now = START;
  async function commit(stream: Stream, text: string, keys: [number, string][] = []) {
    const tip = await ledger.takeOver(stream, 0);
    const decoded = decode(stream, Buffer.from(text));
    if (decoded.kind === 'unreadable' || decoded.problems.length > 0)
      throw new Error(JSON.stringify(decoded));
    const record: RecordDraft = {
      kind: 'event',
      offset: tip.next,
      appendedAt: now,
      text: decoded.text,
      bytes: decoded.bytes,
      verdict: 'null',
    };
    const open = createOpenSegment();
    open.append(record);
    const facts = {
      gaps: [],
      policies: [],
      sources: [],
      clusterId: null,
      createdAt: new Date(),
      recorder: 'r',
      evaluator: 'e',
    };
    expect(await ledger.put(ledger.close(tip, open, { ...facts, keys: new Map(keys) }))).not.toBe('lost');
    now += MINUTE;
  }
  const event = (type: string, data: object, id = crypto.randomUUID()) =>
    JSON.stringify({
      specversion: '1.0',
      id,
      source: '/ashiato/cli',
      type,
      time: new Date(now).toISOString(),
      data,
    });
  const control = (kind: string, data: object) =>
    commit('control', event(`io.ashiato.control.${kind}.v1`, data));
  for (let i = 0; i < segments; i++)
    await commit('access', event('io.ashiato.beacon.v1', { recorder: 'r-1' }), i === 1 ? [[1, 'a2V5']] : []);
  const hold = (minutes: [number, number | null], id = 'h-1') =>
    control('hold_placed', {
      by,
      hold: id,
      stream: 'access',
      from: new Date(START + minutes[0] * MINUTE).toISOString(),
      ...(minutes[1] === null ? {} : { to: new Date(START + minutes[1] * MINUTE).toISOString() }),
      ground: 'litigation',
      case: 'CASE-1',
    });
  return { dir, objects, ledger, control, hold, store: { objects, ledger } };
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}
const later = () => new Date(Date.now() + 60_000);
const noted: Tombstone[] = [];
const publish = async (tombstone: Tombstone) => {
  const event = {
    specversion: '1.0',
    id: 't-1',
    source: '/ashiato/cli',
    type: 'io.ashiato.control.segments_expired.v1',
    time: new Date().toISOString(),
    data: { by, ...tombstone },
  };
  expect(controlEvents[event.type]!.safeParse(event).success).toBe(true);
  noted.push(tombstone);
  return event.id;
};
/** Periods are whole seconds, rounded up. */
const periodsOver = async (
  { objects }: { objects: { retention(key: string): Promise<{ retainUntil: Date | null }> } },
  key: string,
) =>
  expect
    .poll(async () => (await objects.retention(key)).retainUntil!.getTime() <= Date.now(), {
      timeout: 10_000,
    })
    .toBe(true);

test('nothing goes before its period is over, and the date is told', async () => {
  const { store } = await scene({ retentionMs: 3_600_000 });
  const due = await findDue(store, place, [], new Date());
  expect(due).toMatchObject({
    from: null,
    segments: 0,
    stays: { because: 'period', until: expect.stringMatching(/Z$/) },
  });
  expect(await expire(store, due, { publish, retainUntil: later() })).toEqual([]);
  // The store itself refuses, whatever the clock of the asker says.
  const eager = await findDue(store, place, [], new Date(Date.now() + 7_200_000));
  expect(eager.segments).toBe(4);
  await expect(expire(store, eager, { publish, retainUntil: later() })).rejects.toMatchObject({
    code: 'CHAIN',
  });
});

test('expiry takes the oldest away, keeps the last, and the chain goes on from its start pointer', async () => {
  const { store, ledger, objects } = await scene();
  await periodsOver(store, 'segments/access/00000/00000000000000000004.jsonl.zst');
  const due = await findDue(store, place, [], new Date());
  expect(due).toMatchObject({ from: 0, to: 3, segments: 4, records: 4, stays: { because: 'last' } });
  const removed = await expire(store, due, { publish, retainUntil: later() });
  expect(removed).toHaveLength(5); // four segments, and the keys of one of them
  expect(noted.at(-1)).toMatchObject({ from: 0, to: 3, segments: 4, records: 4 });
  const start = await ledger.start('access', 0);
  expect(start).toEqual({ from: 4, previous: due.last_sha256, tombstone: 't-1' });
  const [left] = await all(ledger.walk('access', 0));
  expect(left!.header.from).toBe(4);
  expect(verifySegment(left!, { to: start.from - 1, sha256: start.previous! })).toHaveProperty('root');
  expect(verifySegment(left!, { to: start.from - 1, sha256: 'f'.repeat(64) })).toHaveProperty('fault');
  expect((await ledger.takeOver('access', 0)).next).toBe(5);
  expect(await objects.retention('starts/access/00000/00000000000000000004.json')).toMatchObject({
    legalHold: false,
  });
  expect(await findDue(store, place, [], new Date())).toMatchObject({ segments: 0 });
});

test('died behind the start pointer: sweep removes the rest', async () => {
  const { store, objects, ledger } = await scene();
  await periodsOver(store, 'segments/access/00000/00000000000000000004.jsonl.zst');
  const due = await findDue(store, place, [], new Date());
  const dying = { ...objects, remove: () => Promise.reject(new Error('killed')) };
  await expect(expire({ ledger, objects: dying }, due, { publish, retainUntil: later() })).rejects.toThrow(
    'killed',
  );
  expect((await sweep(store, place)).sort()).toEqual([...due.keys].sort());
  expect(await sweep(store, place)).toEqual([]);
  expect((await all(ledger.walk('access', 0))).map(({ header }) => header.from)).toEqual([4]);
});

test('a hold stops expiry where it begins, marks the objects, and releases them when it is released', async () => {
  const { store, ledger, objects, hold, control } = await scene();
  await periodsOver(store, 'segments/access/00000/00000000000000000004.jsonl.zst');
  await hold([2, 3]);
  const holds = await readHolds(ledger);
  expect(holds).toMatchObject([
    { hold: 'h-1', stream: 'access', case: 'CASE-1', by: 'E-9', released_at: null },
  ]);
  expect(await applyHolds(store, holds)).toEqual({ held: 1, set: 1, lifted: 0 });
  expect(await applyHolds(store, holds)).toEqual({ held: 1, set: 0, lifted: 0 });
  const held = 'segments/access/00000/00000000000000000002.jsonl.zst';
  expect(await objects.remove(held)).toMatchObject({ outcome: 'refused', legalHold: true });
  const due = await findDue(store, place, holds, new Date());
  expect(due).toMatchObject({ to: 1, stays: { because: 'hold', hold: 'h-1' } });
  // The event itself stays as long as it is in force, or nobody would know of the hold.
  await control('hold_released', { by, hold: 'another', case: 'CASE-1' });
  await periodsOver(store, 'segments/control/00000/00000000000000000001.jsonl.zst');
  const own = { stream: 'control', partition: 0 };
  expect(await findDue(store, own, holds, new Date())).toMatchObject({
    segments: 0,
    stays: { because: 'hold' },
  });
  await control('hold_released', { by, hold: 'h-1', case: 'CASE-1' });
  const after = await readHolds(ledger);
  expect(after[0]!.released_at).not.toBeNull();
  expect(await applyHolds(store, after)).toEqual({ held: 0, set: 0, lifted: 1 });
  expect(await findDue(store, place, after, new Date())).toMatchObject({ to: 3 });
  expect(await findDue(store, own, after, new Date())).toMatchObject({ from: 0, to: 1 });
});

test('a destruction order: refused under a hold or a period, with the date, and recorded either way', async () => {
  const { store, objects, ledger, hold, control } = await scene();
  const keys = (await all(objects.list('keys/')))[0]!.key;
  const told: object[] = [];
  const order = async (target: string) =>
    destroy(store, target, {
      holds: await readHolds(ledger),
      now: new Date(),
      publish: async event => told.push(event),
    });
  await hold([0, 30]);
  expect(await order(keys)).toEqual({ because: 'hold', hold: 'h-1', until: null });
  expect(await objects.has(keys)).toBe(true);
  await control('hold_released', { by, hold: 'h-1', case: 'CASE-1' });
  const retainUntil = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
  await objects.create('extracts/x-1.zip', Buffer.from('x'), { retainUntil });
  expect(await order('extracts/x-1.zip')).toEqual({
    because: 'period',
    hold: null,
    until: retainUntil.toISOString(),
  });
  expect(await order(keys)).toBeUndefined();
  expect(await objects.has(keys)).toBe(false);
  expect(told).toMatchObject([
    { kind: 'destruction_refused' },
    { kind: 'destruction_refused' },
    { kind: 'destruction_ordered' },
  ]);
  for (const target of ['segments/access/00000/00000000000000000000.jsonl.zst', 'keys/gone', keys])
    await expect(order(target)).rejects.toMatchObject({ code: 'TARGET' });
  expect(told).toHaveLength(3);
});
