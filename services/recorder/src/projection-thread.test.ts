// SPDX-License-Identifier: Apache-2.0
// The projection on its thread: what is committed becomes rows, whether its bytes are handed over or read back.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ClickHouse, startClickHouse } from '@ashiato/clickhouse-embedded';
import type { Segment } from '@ashiato/ledger';
import { createSegmentRows, openWarehouse, type Warehouse } from '@ashiato/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createProjectionThread,
  type ProjectionThread,
  type ProjectionThreadDeps,
} from './projection-thread.ts';
import { accessEvent, openTestTrail, type TestTrail } from './recorder.testing.ts';

const PASSWORD = 'thread';
let trail: TestTrail;
let clickhouse: ClickHouse;
let warehouse: Warehouse;

beforeAll(async () => {
  trail = await openTestTrail();
  clickhouse = await startClickHouse({ dir: join(trail.dir, 'clickhouse'), password: PASSWORD });
  warehouse = openWarehouse({ url: clickhouse.url, password: PASSWORD });
  await warehouse.migrate();
});
afterAll(async () => {
  await warehouse.close();
  await clickhouse.stop();
  await trail.close();
});

const placesWith = (objects: string): ProjectionThreadDeps['places'] => ({
  objects: { url: objects, options: {} },
  clickhouse: { url: clickhouse.url, username: 'default', password: PASSWORD },
});

function startThread(more: Partial<ProjectionThreadDeps> = {}) {
  const changes: (string | null)[] = [];
  const stopping = new AbortController();
  const thread = createProjectionThread({
    places: placesWith(`file:${trail.dir}/objects`),
    streams: ['access'],
    onChange: ({ code }) => changes.push(code),
    ...more,
  });
  const ended = thread.run(stopping.signal);
  ended.catch(() => {}); // looked at through `stop` or `ended`
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  return { thread, changes, ended, stop };
}

/** Records one event for each id, and hands their segments to the thread as the recorder's process does. */
async function record(
  ids: string[],
  thread?: ProjectionThread,
  onCommitted: (segment: Segment) => void = () => {},
): Promise<void> {
  const beginRows = createSegmentRows();
  const next = (await trail.chain()).at(-1)?.header.to ?? -1;
  const recorder = trail.start({
    rowsOf: place => (thread?.wantsRows(place) ? beginRows(place) : undefined),
    onCommitted({ segment, rows }) {
      thread?.nudge(segment, rows);
      onCommitted(segment);
    },
  });
  await trail.send(ids.map(id => accessEvent(id)));
  await trail.committed(next + 1 + ids.length);
  await recorder.stop();
}

async function ids(): Promise<string[]> {
  const result = await warehouse.client.query({
    query: 'SELECT event_id FROM records ORDER BY offset',
    format: 'JSONCompactEachRow',
  });
  return (await result.json<[string]>()).map(([id]) => id);
}

async function untilRows(count: number): Promise<void> {
  while ((await ids()).length < count) await pause(20);
}

const PLACE = { stream: 'access', partition: 0 };

describe('the projection on its thread', () => {
  it('projects what is handed over, and what it must read back', async () => {
    const elsewhere = placesWith(`file:${trail.dir}/empty-store`); // so that nothing can be read back
    const first = startThread({ places: elsewhere });
    await record(['handed-1', 'handed-2'], first.thread);
    await untilRows(2);
    await first.stop();
    const none = startThread({ handedOverBytes: 0 });
    await record(['hinted-1'], none.thread);
    await untilRows(3);
    await none.stop();
    await record(['while-away']);
    const later = startThread();
    await untilRows(4);
    await later.stop();
    expect(await ids()).toEqual(['handed-1', 'handed-2', 'hinted-1', 'while-away']);
    for (const { changes } of [first, none, later]) expect(changes).toEqual([]);
  });

  it('leaves a segment that is handed over usable here', async () => {
    const { thread, stop } = startThread();
    let held: Segment | undefined;
    await record(['kept'], thread, segment => {
      held = segment;
    });
    expect(held!.raw.toString()).toContain('"kept"');
    await untilRows(5);
    await stop();
  });

  it('tells what keeps it, and goes on when that is over', async () => {
    const port = Number(new URL(clickhouse.url).port);
    await clickhouse.stop();
    const { thread, changes, stop } = startThread({ handedOverBytes: 1 });
    await record(['in-the-dark'], thread);
    while (changes.length === 0) await pause(20);
    expect(changes).toEqual(['UNREACHABLE']);
    expect(thread.wantsRows(PLACE)).toBe(false); // what was handed over waits
    await thread.roomForRows(); // but evidence does not wait for ever
    expect(thread.wantsRows(PLACE)).toBe(false);
    clickhouse = await startClickHouse({ dir: join(trail.dir, 'clickhouse'), port, password: PASSWORD });
    while (!thread.wantsRows(PLACE)) await thread.roomForRows();
    await untilRows(6);
    while (changes.length < 2) await pause(20);
    expect(changes.at(-1)).toBeNull();
    await stop();
  });

  it('rejects when the thread cannot work', async () => {
    const { ended } = startThread({ places: placesWith('file:/dev/null/objects') });
    await expect(ended).rejects.toThrow('/dev/null');
  });

  it('ends at once when it was asked to before it began', async () => {
    const thread = createProjectionThread({
      places: placesWith(`file:${trail.dir}/objects`),
      streams: ['access'],
      onChange: () => {},
    });
    await expect(thread.run(AbortSignal.abort())).resolves.toBeUndefined();
  });
});
