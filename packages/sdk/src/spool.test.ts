// SPDX-License-Identifier: Apache-2.0
// What a spool's limit and a torn last frame do to a trail.
import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { expect, onTestFinished, test } from 'vitest';
import { account, arrivedAt } from './delivered.testing.ts';
import type { TrailOptions } from './options.ts';
import type { Recorded } from './record-access.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail } from './trail.ts';

/** A machine with other work may take seconds for what is awaited. */
const PATIENT = { timeout: 30_000 };

const line = ({ epoch, sequence, id }: Recorded) => `${epoch} ${sequence} ${id}`;

/** Trails whose destination has no topic yet: nothing leaves the spool. */
async function scene() {
  const dir = await tempFolder();
  const away = openFileQueue(join(dir, 'queue'));
  onTestFinished(() => away.close());
  const spoolDir = join(dir, 'spool');
  const trail = (options: Partial<TrailOptions> = {}) =>
    createTrail({ source: '/test/desk', spoolDir, queue: away, ...options } as TrailOptions);
  const appear = () => away.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  return { away, spoolDir, trail, appear };
}

test('a full spool makes record() wait where asked to, and everything arrives', async () => {
  const { away, trail, appear } = await scene();
  const desk = trail({ maxSpoolBytes: 1 << 20, onFull: 'block' });
  let settled = 0;
  const records = Array.from({ length: 4000 }, () => desk.record(access()).finally(() => settled++));
  await expect.poll(() => desk.status().spooled, PATIENT).toBeGreaterThan(1000);
  await expect.poll(() => settled === desk.status().spooled, PATIENT).toBe(true);
  expect(settled).toBeLessThan(4000);
  await appear();
  const promised = new Set((await Promise.all(records)).map(line));
  expect(await desk.close({ deadlineMs: 30_000 })).toEqual({ spooled: 0 });
  expect(account(await arrivedAt(away), promised)).toMatchObject({ faults: [], events: 4000 });
});

test('close() ends the waiting for room: what waited is refused, the rest stays spooled', async () => {
  const { away, trail, appear } = await scene();
  const desk = trail({ maxSpoolBytes: 1 << 20, onFull: 'block' });
  const results = Promise.allSettled(Array.from({ length: 4000 }, () => desk.record(access())));
  await expect.poll(() => desk.status().spooled, PATIENT).toBeGreaterThan(1000);
  const { spooled } = await desk.close({ deadlineMs: 100 });
  const settled = await results;
  const refused = settled.flatMap(result => (result.status === 'rejected' ? [result.reason.code] : []));
  expect(new Set(refused)).toEqual(new Set(['SPOOL_FULL']));
  expect(spooled).toBe(4000 - refused.length);
  await appear();
  const next = trail();
  await next.start();
  await next.close();
  expect(await arrivedAt(away)).toHaveLength(spooled);
});

test('observe does not keep its caller waiting for a full spool', async () => {
  const { trail } = await scene();
  const desk = trail({ maxSpoolBytes: 1 << 20, onFull: 'block' });
  void Promise.allSettled(Array.from({ length: 4000 }, () => desk.record(access())));
  expect(await desk.access(access(), () => 'released')).toBe('released');
  await desk.close({ deadlineMs: 1 });
});

test('a torn last frame is cut off, and what came before it arrives', async () => {
  const { away, spoolDir, trail, appear } = await scene();
  const first = trail();
  const promised = await Promise.all(Array.from({ length: 20 }, () => first.record(access())));
  await first.close({ deadlineMs: 1 });
  const partition = join(spoolDir, 'events', 'topics', 'spool', '00000');
  const [file] = await readdir(partition);
  const path = join(partition, file!);
  await truncate(path, (await stat(path)).size - 5);
  await appear();
  const second = trail();
  promised[19] = await second.record(access());
  expect(await second.close()).toEqual({ spooled: 0 });
  expect(account(await arrivedAt(away), new Set(promised.map(line)))).toMatchObject({
    faults: [],
    events: 20,
  });
});
