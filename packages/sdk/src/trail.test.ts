// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { expect, onTestFinished, test } from 'vitest';
import { account, arrivedAt, openTarget } from './delivered.testing.ts';
import { TrailError } from './errors.ts';
import type { TrailOptions } from './options.ts';
import type { Recorded } from './record-access.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail } from './trail.ts';

const SOURCE = '/test/desk';
const line = ({ epoch, sequence, id }: Recorded) => `${epoch} ${sequence} ${id}`;

/** A target queue, and trails over one spool folder that deliver to it. */
async function scene() {
  const dir = await tempFolder();
  const queue = await openTarget(join(dir, 'queue'), 1);
  onTestFinished(() => queue.close());
  const trail = (options: Partial<TrailOptions> = {}) =>
    createTrail({ source: SOURCE, spoolDir: join(dir, 'spool'), queue, ...options } as TrailOptions);
  return { dir, queue, trail };
}

test('many records at once arrive complete, numbered from 1 in the order of the calls', async () => {
  const { queue, trail } = await scene();
  const desk = trail();
  const recorded = await Promise.all(Array.from({ length: 2500 }, () => desk.record(access())));
  expect(recorded.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
  expect(await desk.close()).toEqual({ spooled: 0 });
  const found = account(await arrivedAt(queue), new Set(recorded.map(line)));
  expect(found).toEqual({ faults: [], events: 2500, redeliveries: 0 });
});

test('a wrong event rejects, takes no number, and leaves nothing', async () => {
  const { queue, trail } = await scene();
  const desk = trail();
  const results = await Promise.allSettled([
    desk.record(access()),
    desk.record(access({ subject: { ref: 'not a ref' } })),
    desk.record(access()),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[2]).toMatchObject({ value: { sequence: 2 } });
  await desk.close();
  expect(await arrivedAt(queue)).toHaveLength(2);
});

test('each start is a greater epoch, even when the clock goes back', async () => {
  const { queue, trail } = await scene();
  const epochs: number[] = [];
  for (const clock of [5_000, 4_000, 4_000, 9_000]) {
    const desk = trail({ now: () => clock });
    epochs.push((await desk.record(access())).epoch);
    await desk.close();
  }
  expect(epochs).toEqual([5_000, 5_001, 5_002, 9_000]);
  const arrived = await arrivedAt(queue);
  expect(arrived.map(({ event }) => event.sequence)).toEqual(['1', '1', '1', '1']);
  expect(account(arrived, new Set()).faults).toEqual([]);
});

test('what an earlier run could not deliver goes first, its bytes unchanged', async () => {
  const { dir, queue, trail } = await scene();
  // A queue without the topic: nothing can be delivered yet.
  const away = openFileQueue(join(dir, 'away'));
  onTestFinished(() => away.close());
  const first = trail({ queue: away } as Partial<TrailOptions>);
  const early = await Promise.all([first.record(access()), first.record(access({ time: new Date(0) }))]);
  expect(await first.close({ deadlineMs: 50 })).toEqual({ spooled: 2 });
  expect(first.status().lastFailure).toContain('ashiato.access.v1');

  const second = trail();
  await second.start();
  const late = await second.record(access());
  expect(await second.close()).toEqual({ spooled: 0 });
  const arrived = await arrivedAt(queue);
  expect(arrived.map(({ event }) => event.id)).toEqual([...early, late].map(({ id }) => id));
  expect(arrived[1]!.event.time).toBe('1970-01-01T00:00:00.000Z');
  expect(account(arrived, new Set([...early, late].map(line))).faults).toEqual([]);
});

test('durability delivered waits for the queue, and says when it waited long enough', async () => {
  const { dir, queue, trail } = await scene();
  const strict = trail({ durability: 'delivered' });
  await strict.record(access());
  expect((await queue.offsets(TOPICS.access))[0]!.high).toBe(1);
  await strict.close();

  const away = openFileQueue(join(dir, 'away'));
  onTestFinished(() => away.close());
  const cut = trail({ durability: 'delivered', deliveryTimeoutMs: 20, queue: away } as Partial<TrailOptions>);
  await expect(cut.record(access())).rejects.toMatchObject({ code: 'DELIVERY_TIMEOUT' });
  expect(cut.status().spooled).toBe(1);
  const waiting = trail({ durability: 'delivered', queue: away } as Partial<TrailOptions>);
  await cut.close({ deadlineMs: 1 });
  const unsure = expect(waiting.record(access())).rejects.toMatchObject({ code: 'NOT_DELIVERED' });
  await expect.poll(() => waiting.status().spooled).toBe(2);
  await waiting.close({ deadlineMs: 1 });
  await unsure;

  // The topic appears: both promises "will still be delivered" are kept.
  await away.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  const back = trail({ queue: away } as Partial<TrailOptions>);
  await back.start();
  expect(await back.close()).toEqual({ spooled: 0 });
  expect(await arrivedAt(away)).toHaveLength(2);
});

test('a full spool refuses without leaving a gap, and takes records again once delivered', async () => {
  const { dir, trail } = await scene();
  const away = openFileQueue(join(dir, 'away'));
  onTestFinished(() => away.close());
  const desk = trail({ queue: away, maxSpoolBytes: 1 << 20 } as Partial<TrailOptions>);
  const recorded: Recorded[] = [];
  const full = async () => {
    for (;;) recorded.push(await desk.record(access()));
  };
  await expect(full()).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  await expect(desk.record(access())).rejects.toMatchObject({ code: 'SPOOL_FULL' });
  await away.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  await expect.poll(() => desk.status().spooled, { timeout: 30_000 }).toBe(0);
  recorded.push(await desk.record(access()));
  await desk.close();
  const { faults, events } = account(await arrivedAt(away), new Set(recorded.map(line)));
  expect({ faults, events }).toEqual({ faults: [], events: recorded.length });
});

test('a second live trail on one folder is refused, and works when the first has closed', async () => {
  const { trail } = await scene();
  const first = trail();
  await first.start();
  const second = trail();
  await expect(second.start()).rejects.toMatchObject({ code: 'SPOOL_LOCKED' });
  await expect(second.record(access())).rejects.toMatchObject({ code: 'SPOOL_LOCKED' });
  await first.close();
  expect((await second.record(access())).sequence).toBe(1);
  await second.close();
});

test('after close nothing is taken; closing twice is once', async () => {
  const { trail } = await scene();
  const desk = trail();
  await desk.record(access());
  const closed = [desk.close(), desk.close()];
  await expect(desk.record(access())).rejects.toMatchObject({ code: 'CLOSED' });
  expect(await Promise.all(closed)).toEqual([{ spooled: 0 }, { spooled: 0 }]);
  expect(await trail().close()).toEqual({ spooled: 0 });
});

test('a folder that is not what was written is refused with the place', async () => {
  const { dir, trail } = await scene();
  const first = trail();
  await first.record(access());
  await first.close();
  await writeFile(join(dir, 'spool', 'cursor'), '9999\n');
  await expect(trail().start()).rejects.toMatchObject({ code: 'SPOOL_DAMAGED' });
  await writeFile(join(dir, 'spool', 'cursor'), '');
  await expect(trail().start()).rejects.toThrow(/cursor/);
  await writeFile(join(dir, 'spool', 'cursor'), '1\n');
  await writeFile(join(dir, 'spool', 'epoch'), 'x');
  await expect(trail().start()).rejects.toMatchObject({ code: 'SPOOL_DAMAGED' });
  await rename(join(dir, 'spool'), join(dir, 'aside'));
  const anew = trail();
  await anew.record(access());
  await anew.close();
});

test('options that cannot work are refused at once', async () => {
  const right = { source: SOURCE, spoolDir: 'spool', queueUrl: 'file:./queue' };
  const wrong: unknown[] = [
    { ...right, source: 'with space' },
    { ...right, spoolDir: '' },
    { ...right, maxSpoolBytes: 10 },
    { source: SOURCE, spoolDir: 'spool' },
    { source: SOURCE, spoolDir: 'spool', intakeUrl: 'ftp://x', token: 't' },
  ];
  for (const options of wrong) expect(() => createTrail(options as TrailOptions)).toThrow(TrailError);
  expect(() => createTrail(right)).not.toThrow();
});

test('a process that forgets to close ends by itself', async () => {
  const dir = await tempFolder();
  await (await openTarget(join(dir, 'queue'))).close();
  const program = `
    import { createTrail } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const trail = createTrail({ source: '/x', spoolDir: 'spool', queueUrl: 'file:./queue' });
    await trail.record(${JSON.stringify(access())});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: dir,
    stdio: 'inherit',
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
});
