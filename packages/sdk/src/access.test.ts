// SPDX-License-Identifier: Apache-2.0
// What access(), withActor() and the modes promise, held against what arrives.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { openFileQueue } from '@ashiato/queue';
import type { AccessEvent } from '@ashiato/schema';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { expect, onTestFinished, test } from 'vitest';
import { arrivedAt, openTarget } from './delivered.testing.ts';
import { PolicyViolationError, TrailError } from './errors.ts';
import type { Notice, TrailOptions } from './options.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail } from './trail.ts';

const policy = compile(await loadPolicies(shippedPolicy()));
const pseudonymKeys = { 1: randomBytes(32) };

/** A trail over a target of its own; `end` closes it and answers the data of what arrived. */
async function scene(options: Partial<TrailOptions> = {}) {
  const dir = await tempFolder();
  const queue = await openTarget(join(dir, 'queue'));
  onTestFinished(() => queue.close());
  const notices: Notice[] = [];
  const trail = createTrail({
    source: '/test/desk',
    spoolDir: join(dir, 'spool'),
    queue,
    pseudonymKeys,
    onNotice: notice => notices.push(notice),
    ...options,
  } as TrailOptions);
  onTestFinished(() => void trail.close({ deadlineMs: 1 }));
  const end = async () => {
    await trail.close();
    return (await arrivedAt(queue)).map(({ event }) => event as unknown as AccessEvent);
  };
  return { dir, trail, notices, end };
}

/** A trail that cannot record: in the place of its spool folder lies a file. */
async function broken(options: Partial<TrailOptions>) {
  const made = await scene({ ...options, spoolDir: join(await tempFolder(), 'spool') });
  const spoolDir = join(made.dir, 'file');
  await writeFile(spoolDir, '');
  return {
    ...made,
    trail: (await scene({ ...options, spoolDir, onNotice: notice => made.notices.push(notice) })).trail,
  };
}

test('access records before it releases, with the number of rows', async () => {
  const { trail, end } = await scene();
  expect(await trail.access(access(), () => [1, 2, 3])).toEqual([1, 2, 3]);
  expect(await trail.access(access(), async () => ({ name: 'x' }))).toEqual({ name: 'x' });
  expect(await trail.access(access({ result: { count: 7 } }), () => undefined)).toBeUndefined();
  const why = new Error('no such table');
  await expect(trail.access(access(), () => Promise.reject(why))).rejects.toBe(why);
  const found = await trail.accessFound(
    () => ['K-1', 'K-2'],
    refs => ({ ...access({ subject: undefined }), subjects: refs }),
  );
  expect(found).toEqual(['K-1', 'K-2']);
  const data = (await end()).map(event => event.data);
  expect(data.slice(0, 4).map(({ result, outcome }) => ({ result, outcome }))).toEqual([
    { result: { count: 3 }, outcome: undefined },
    { result: { count: 1 }, outcome: undefined },
    { result: { count: 7 }, outcome: undefined },
    { result: undefined, outcome: 'failed' },
  ]);
  expect(data.slice(4).map(({ subject, result }) => ({ subject, result }))).toEqual([
    { subject: { ref: 'K-1' }, result: {} },
    { subject: { ref: 'K-2' }, result: {} },
  ]);
});

test('observe never fails its caller, tells and counts; strict releases nothing', async () => {
  const observing = await broken({ mode: 'observe' });
  expect(await observing.trail.access(access(), () => 'released')).toBe('released');
  expect(observing.trail.status().unrecorded).toBe(1);
  expect(observing.notices.map(({ text }) => text).join()).toContain('released without a record');
  const wrong = access({ subject: { ref: 'not a ref' } });
  expect(await observing.trail.access(wrong, () => 'released')).toBe('released');
  await expect(observing.trail.record(access())).rejects.toMatchObject({ code: 'SPOOL_WRITE' });

  const strict = await broken({ mode: 'strict' });
  let fetched = 0;
  const released = strict.trail.access(access(), () => ++fetched);
  await expect(released).rejects.toBeInstanceOf(TrailError);
  expect(fetched).toBe(1);
});

test('strict waits for the destination unless told otherwise', async () => {
  const away = openFileQueue(join(await tempFolder(), 'away'));
  onTestFinished(() => away.close());
  const options = { queue: away, mode: 'strict', deliveryTimeoutMs: 20 } as Partial<TrailOptions>;
  const { trail } = await scene(options);
  await expect(trail.access(access(), () => 'secret')).rejects.toMatchObject({ code: 'DELIVERY_TIMEOUT' });
  const disk = await scene({ ...options, durability: 'disk' } as Partial<TrailOptions>);
  expect(await disk.trail.access(access(), () => 'released')).toBe('released');
});

test('enforce asks the policy first, records the attempt as denied, and says which clauses', async () => {
  const { trail, end } = await scene({ mode: 'enforce', policy });
  const forbidden = access({ operation: 'provide', recipient: { category: 'affiliate', id: 'affiliate-1' } });
  let fetched = 0;
  const refused = await trail.access(forbidden, () => ++fetched).catch((cause: unknown) => cause);
  expect(refused).toBeInstanceOf(PolicyViolationError);
  expect(refused).toMatchObject({ code: 'POLICY_VIOLATION', recorded: true });
  const { clauses, message } = refused as PolicyViolationError;
  expect({ clauses, message }).toMatchInlineSnapshot(`
    {
      "clauses": [
        "C2-P07",
        "C4-T1",
      ],
      "message": "the policy refuses this access. recipient: No clause lets this party receive data. (C2-P07, C4-T1) Do not give the data to this party.",
    }
  `);
  expect(fetched).toBe(0);
  await expect(trail.record(forbidden)).rejects.toBeInstanceOf(PolicyViolationError);
  const late = trail.accessFound(
    () => 'secret',
    () => forbidden,
  );
  await expect(late).rejects.toBeInstanceOf(PolicyViolationError);
  const pretended = trail.access({ ...forbidden, outcome: 'denied' }, () => ++fetched);
  await expect(pretended).rejects.toBeInstanceOf(PolicyViolationError);
  expect(fetched).toBe(0);
  await trail.record({ ...forbidden, outcome: 'denied' });
  expect(await trail.access(access(), () => 'released')).toBe('released');
  const outcomes = (await end()).map(({ data }) => data.outcome ?? 'success');
  expect(outcomes).toEqual([...Array(5).fill('denied'), 'success']);

  const unsure = await broken({ mode: 'enforce', policy });
  const unrecorded = await unsure.trail.record(forbidden).catch((cause: unknown) => cause);
  expect(unrecorded).toMatchObject({
    code: 'POLICY_VIOLATION',
    recorded: false,
    cause: { code: 'SPOOL_WRITE' },
  });
});

test('withActor completes every access that its route makes, and no other', async () => {
  const { trail, end } = await scene();
  const { operation, fields, actor, purpose, business, refs } = access();
  const known = { actor, purpose, business, refs };
  const call = (n: number) => trail.record({ operation, fields, refs: { ticket: `T-${n}` } });
  await Promise.all([
    trail.withActor(known, async () => {
      await call(1);
      await trail.withActor({ purpose: 'debt_recovery', actor: undefined }, () => call(2));
      await call(3);
    }),
    trail.withActor({ ...known, actor: { id: 'staff-2', type: 'user' } }, () => call(4)),
  ]);
  await expect(call(5)).rejects.toThrow(/\/data\/actor missing.*\/data\/purpose missing.*withActor/);
  const arrived = new Map((await end()).map(({ data }) => [data.refs?.ticket, data]));
  expect([...arrived.keys()].sort()).toEqual(['T-1', 'T-2', 'T-3', 'T-4']);
  expect(arrived.get('T-1')).toMatchObject({ ...known, refs: { ...known.refs, ticket: 'T-1' } });
  expect(arrived.get('T-2')).toMatchObject({ purpose: 'debt_recovery', actor: known.actor });
  expect(arrived.get('T-3')).toMatchObject({ purpose: known.purpose });
  expect(arrived.get('T-4')).toMatchObject({ actor: { id: 'staff-2' } });
});

test('one act on many persons is one event each, under one operation_id', async () => {
  const { trail, end } = await scene();
  const subjects = Array.from({ length: 2500 }, (_, i) => `K-${i}`);
  const bulk = access({ subject: undefined });
  const recorded = await trail.record({ ...bulk, subjects: [...subjects, 'K-0'] });
  expect(recorded.act).toEqual({ operation_id: expect.any(String), events: 2500 });
  await trail.record({ ...bulk, subjects: [] });
  await trail.record({ ...bulk, subjects: ['K-1'] });
  for (const beside of [{ subject: { ref: 'K-1' } }, { population: { count: 3 } }])
    await expect(trail.record({ ...bulk, ...beside, subjects })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
    });
  const data = (await end()).map(event => event.data);
  const operation_id = recorded.act?.operation_id;
  expect(data.slice(0, 2500).map(({ subject, part }) => ({ subject, part }))).toEqual(
    subjects.map((ref, i) => ({ subject: { ref }, part: { operation_id, index: i + 1, of: 2500 } })),
  );
  expect(data[2500]).toMatchObject({ population: { count: 0 } });
  expect(data[2501]).toMatchObject({ subject: { ref: 'K-1' } });
  expect(data[2501]).not.toHaveProperty('part');
});

test('a number has one pseudonym per key, however it is typed, and another under the next key', async () => {
  const { trail } = await scene();
  const ref = trail.subject('0312-345 678');
  expect(ref).toMatch(/^s1\.[A-Za-z0-9_-]{22}$/);
  for (const typed of ['0312345678', ' 0312 345-678', '０３１２−３４５‐６７８'])
    expect(trail.subject(typed)).toBe(ref);
  expect(trail.subject('0312345679')).not.toBe(ref);
  const contract = trail.pseudonym('contract', '0312345678');
  expect(contract).toMatch(/^c1\./);
  expect(contract.slice(3)).not.toBe(ref.slice(3));
  await trail.record(access({ subject: { ref }, refs: { contract } }));

  const rotated = await scene({ pseudonymKeys: { ...pseudonymKeys, 12: randomBytes(32) } });
  expect(rotated.trail.subject('0312345678')).toMatch(/^s12\./);
  const none = await scene({ pseudonymKeys: {} });
  expect(() => none.trail.subject('1')).toThrow(/pseudonymKeys/);
  expect(() => trail.subject(' - ')).toThrow(TrailError);
  await expect(scene({ pseudonymKeys: { 1: randomBytes(16) } })).rejects.toThrow(/32 bytes/);
});

test('a commitment shows later what was released, and nothing before', async () => {
  const { trail, end } = await scene({ commitResults: true });
  const rows = [{ name: 'Sato' }];
  await trail.access(access(), () => rows);
  expect((await end())[0]!.data.result).toEqual({ count: 1, commitment: trail.commitment(rows) });
  expect(trail.commitment([{ name: 'Suzuki' }])).not.toBe(trail.commitment(rows));
  const other = await scene({ pseudonymKeys: { 1: randomBytes(32) } });
  expect(other.trail.commitment(rows)).not.toBe(trail.commitment(rows));
});

test('the active span of OpenTelemetry is the trace of the event', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => context.disable());
  const { trail, end } = await scene();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const span = trace.wrapSpanContext({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 });
  await context.with(trace.setSpan(context.active(), span), () => trail.record(access()));
  await trail.record(access());
  const events = await end();
  expect(events.map(({ traceparent }) => traceparent)).toEqual([
    `00-${traceId}-b7ad6b7169203331-01`,
    undefined,
  ]);
});
