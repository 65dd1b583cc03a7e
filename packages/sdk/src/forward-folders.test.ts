// SPDX-License-Identifier: Apache-2.0
// Processes that only fill their spools, and one that delivers for them.
import { join } from 'node:path';
import { openFileQueue, type Queue } from '@ashiato/queue';
import { expect, onTestFinished, test } from 'vitest';
import { account, arrivedAt, openTarget } from './delivered.testing.ts';
import { forwardFolders } from './forward-folders.ts';
import type { TrailOptions } from './options.ts';
import type { Recorded } from './record-access.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail } from './trail.ts';

const line = ({ epoch, sequence, id }: Recorded) => `${epoch} ${sequence} ${id}`;

async function scene() {
  const dir = await tempFolder();
  const queue = await openTarget(join(dir, 'queue'));
  onTestFinished(() => queue.close());
  const trail = (name: string, options: Partial<TrailOptions> = {}) => {
    const spoolDir = join(dir, 'spools', 'desk', name);
    return createTrail({ source: `/desk/${name}`, spoolDir, forwarder: 'other', ...options } as TrailOptions);
  };
  /** Forwards until `end`, which answers what was done. */
  const forwarding = (once = false) => {
    const stop = new AbortController();
    const done = forwardFolders({ path: join(dir, 'spools'), destination: { queue }, once }, stop.signal);
    return {
      done,
      end() {
        stop.abort();
        return done;
      },
    };
  };
  return { queue, trail, forwarding };
}

async function arrivedFrom(queue: Queue, source: string, recorded: Recorded[]) {
  const own = (await arrivedAt(queue)).filter(({ event }) => event.source === source);
  const { faults, events } = account(own, new Set(recorded.map(line)));
  return { faults, events };
}

test('another process delivers for owners that live, and tells them', async () => {
  const { queue, trail, forwarding } = await scene();
  // Small files: some are finished and removed while the other process reads.
  const live = trail('live', { durability: 'delivered', maxSpoolBytes: 1 << 20, onFull: 'block' });
  await live.start();
  const forwarder = forwarding();
  const recorded = await Promise.all(Array.from({ length: 3000 }, () => live.record(access())));
  expect(await arrivedFrom(queue, '/desk/live', recorded)).toEqual({ faults: [], events: 3000 });
  const late = trail('late', { mode: 'strict' });
  expect(await late.access(access(), () => 'released')).toBe('released');
  expect(await late.close()).toEqual({ spooled: 0 });
  expect(await live.close()).toEqual({ spooled: 0 });
  expect(await forwarder.end()).toEqual({ events: 3001, folders: 2, busy: 0 });
});

test('what dead owners left is delivered once, and what lives is left to its owner', async () => {
  const { queue, trail, forwarding } = await scene();
  const dead = trail('dead');
  const left = await Promise.all(Array.from({ length: 700 }, () => dead.record(access())));
  expect(await dead.close({ deadlineMs: 1 })).toEqual({ spooled: 700 });
  const own = trail('own', { forwarder: undefined, queue } as Partial<TrailOptions>);
  await own.record(access());
  await expect.poll(() => own.status().spooled).toBe(0);
  expect(await forwarding(true).done).toEqual({ events: 700, folders: 1, busy: 1 });
  expect(await forwarding(true).done).toEqual({ events: 0, folders: 1, busy: 1 });
  expect(await arrivedFrom(queue, '/desk/dead', left)).toEqual({ faults: [], events: 700 });
  await own.close();
});

test('an owner takes over when its forwarder ends, from where that one came to', async () => {
  const { queue, trail, forwarding } = await scene();
  const first = trail('desk');
  const recorded = [await first.record(access())];
  const forwarder = forwarding();
  await first.close();
  const second = trail('desk', { forwarder: undefined, queue } as Partial<TrailOptions>);
  recorded.push(await second.record(access()));
  await expect.poll(() => second.status().spooled).toBe(0);
  expect(await forwarder.end()).toMatchObject({ events: 2 });
  recorded.push(await second.record(access()));
  expect(await second.close()).toEqual({ spooled: 0 });
  expect(await arrivedFrom(queue, '/desk/desk', recorded)).toEqual({ faults: [], events: 3 });
});

test('a second forwarder leaves a folder to the first, and a path that is none is told', async () => {
  const { trail, forwarding } = await scene();
  const desk = trail('desk');
  await desk.start();
  await desk.record(access());
  const first = forwarding();
  await expect.poll(() => desk.status().spooled).toBe(0);
  expect(await forwarding(true).done).toEqual({ events: 0, folders: 0, busy: 1 });
  await first.end();
  await desk.close();
  const nowhere = { path: '/nowhere', destination: { queue: openFileQueue('/nowhere') }, once: true };
  await expect(forwardFolders(nowhere, AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'OPTIONS' });
});
