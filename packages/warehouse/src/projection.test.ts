// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Segment } from '@ashiato/ledger';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compareSegment, strayRows } from './compare.ts';
import { insertSegment, readySegment } from './insert-segment.ts';
import type { Warehouse } from './open-warehouse.ts';
import type { SegmentReader } from './project-partition.ts';
import { createProjection, type Projection } from './projection.ts';
import { accessEvent, type Commit, EPOCH, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

const WHOLE = { mismatch: null, missing: [], surplus: [] };

async function commitMany(commit: Commit, segments: number, partition = 0): Promise<Segment[]> {
  const committed: Segment[] = [];
  for (let i = 0; i < segments; i++) {
    const messages = [0, 1, 2].map(j => accessEvent(`${partition}-${i}-${j}`));
    committed.push(await commit(messages, { partition }));
  }
  return committed;
}

/** Runs a projection until `done`, then stops it and waits until it is drained. */
async function runUntil(projection: Projection, done: () => Promise<boolean> | boolean): Promise<void> {
  const stop = new AbortController();
  const running = projection.run(stop.signal);
  await vi.waitUntil(done, { timeout: 50_000, interval: 20 });
  stop.abort();
  await running;
}

async function count(warehouse: Warehouse, what: string): Promise<number> {
  const result = await warehouse.client.query({ query: `SELECT ${what} AS n`, format: 'JSONEachRow' });
  return Number((await result.json<{ n: number }>())[0]!.n);
}

const rowsOf = (warehouse: Warehouse) => count(warehouse, '(SELECT count() FROM records)');

test('every committed segment of every partition ends in ClickHouse, column by column', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const segments = [...(await commitMany(commit, 3, 0)), ...(await commitMany(commit, 2, 4))];
  segments.push(await commit(['no json', accessEvent('x', { data: { surprise: 'kept encrypted' } })]));
  const projection = createProjection({ warehouse, ledger, streams: ['access'] });
  await runUntil(projection, () =>
    [11, 5].every(to =>
      projection.status().some(({ projected_to }) => projected_to === (to === 11 ? 10 : 5)),
    ),
  );
  for (const segment of segments) expect(await compareSegment(warehouse, segment)).toEqual(WHOLE);
  expect(await strayRows(warehouse)).toEqual([]);
  expect(projection.status()).toMatchObject([
    { partition: 0, projected_to: 10, committed_to: 10, segments: 4, failures: 0, error: null },
    { partition: 4, projected_to: 5, committed_to: 5, segments: 2, failures: 0, error: null },
  ]);
});

test('a nudge with the segment needs nothing from the store', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const reads: number[] = [];
  const watched: SegmentReader = {
    ...ledger,
    read: (stream, partition, from) => {
      reads.push(from);
      return ledger.read(stream, partition, from);
    },
  };
  const projection = createProjection({ warehouse, ledger: watched, streams: [], pollMs: 60_000 });
  const [first, second] = await commitMany(commit, 2);
  projection.nudge('access', 0, await readySegment(first!));
  projection.nudge('access', 0, await readySegment(second!));
  await runUntil(projection, () => projection.status()[0]?.projected_to === 5);
  expect(reads.filter(from => from < 6)).toEqual([]);
  expect(await rowsOf(warehouse)).toBe(6);
});

test('a nudge that does not fit in memory is read from the store', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const projection = createProjection({ warehouse, ledger, streams: [], pollMs: 60_000, pendingBytes: 10 });
  const [segment] = await commitMany(commit, 1);
  projection.nudge('access', 0, await readySegment(segment!));
  await runUntil(projection, () => projection.status()[0]?.projected_to === 2);
  expect(await compareSegment(warehouse, segment!)).toEqual(WHOLE);
});

test('a partition that we are nudged about is not read from the store unless nudged', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const reads = [0, 0];
  const counting: SegmentReader = {
    ...ledger,
    read: (stream, partition, from) => {
      reads[partition]!++;
      return ledger.read(stream, partition, from);
    },
  };
  const projection = createProjection({ warehouse, ledger: counting, streams: ['access'], pollMs: 10 });
  await commitMany(commit, 1, 1);
  projection.nudge('access', 0); // its first segment will come, and be handed over
  await runUntil(projection, async () => {
    await vi.waitUntil(() => reads[0]! > 1 && reads[1]! > 1); // both looked: at the start, and as nudged
    const [first] = await commitMany(commit, 1, 0);
    const [looks, others] = reads as [number, number];
    await vi.waitUntil(() => reads[1]! > others + 10); // nobody nudges for this one, so it is polled
    expect(reads[0]).toBe(looks);
    projection.nudge('access', 0, await readySegment(first!));
    await vi.waitUntil(async () => (await rowsOf(warehouse)) === 6);
    expect(reads[0]).toBe(looks);
    return true;
  });
});

test('two projectors at once double nothing', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const segments = await commitMany(commit, 12);
  const both = [0, 1].map(() => createProjection({ warehouse, ledger, streams: ['access'] }));
  await Promise.all(
    both.map(projection => runUntil(projection, () => projection.status()[0]?.projected_to === 35)),
  );
  expect(await rowsOf(warehouse)).toBe(36);
  expect(await count(warehouse, '(SELECT count() FROM segments FINAL)')).toBe(12);
  for (const segment of segments) expect(await compareSegment(warehouse, segment)).toEqual(WHOLE);
});

test('without the token the same insert would double: the promise above can fail', async () => {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const [segment] = await commitMany(commit, 1);
  await insertSegment(warehouse.client, await readySegment(segment!), { mayBeThere: false });
  await insertSegment(warehouse.client, await readySegment(segment!), { mayBeThere: false });
  expect(await rowsOf(warehouse)).toBe(3);
  await warehouse.client.command({
    query: 'INSERT INTO records SELECT * FROM records',
    clickhouse_settings: { insert_deduplicate: 0 },
  });
  expect(await rowsOf(warehouse)).toBe(6);
  expect((await compareSegment(warehouse, segment!)).surplus).toHaveLength(3);
});

test('killed between the two inserts, the next projector completes the segment and doubles nothing', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const [segment] = await commitMany(commit, 1);
  const place = join(bench.dir, 'killed.json');
  const { url, password } = bench;
  const raw = segment!.raw.toString('base64');
  writeFileSync(
    place,
    JSON.stringify({ url, password, database: warehouse.database, segment: { ...segment, raw } }),
  );
  const script = fileURLToPath(new URL('./killed-projector.testing.ts', import.meta.url));
  const child = spawn(process.execPath, [script, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data'); // it says so when only the segment's row is left to insert
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await rowsOf(warehouse)).toBe(3);
  expect(await count(warehouse, '(SELECT count() FROM segments)')).toBe(0);
  expect(await strayRows(warehouse)).toEqual([{ stream: 'access', partition: 0, segment_from: 0, rows: 3 }]);
  const projection = createProjection({ warehouse, ledger, streams: ['access'] });
  await runUntil(projection, () => projection.status()[0]?.projected_to === 2);
  expect(await compareSegment(warehouse, segment!)).toEqual(WHOLE);
  expect(await rowsOf(warehouse)).toBe(3);
  expect(await strayRows(warehouse)).toEqual([]);
});

test('rows that stand without a remembered token are counted, not doubled', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const [segment] = await commitMany(commit, 1);
  await insertSegment(warehouse.client, await readySegment(segment!), { mayBeThere: false });
  await forgetTokens(warehouse);
  await warehouse.client.command({ query: 'TRUNCATE TABLE segments SYNC' });
  const projection = createProjection({ warehouse, ledger, streams: ['access'] });
  await runUntil(projection, () => projection.status()[0]?.projected_to === 2);
  expect(await rowsOf(warehouse)).toBe(3);
  expect(await compareSegment(warehouse, segment!)).toEqual(WHOLE);
});

test('a segment over the end of a month of which one part stands is completed', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const messages = [0, 1, 2, 3].map(i => accessEvent(`e-${i}`));
  const appendedAt = (offset: number) => EPOCH + (offset < 2 ? 0 : 11 * 3600_000);
  const segment = await commit(messages, { appendedAt });
  await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
  await warehouse.client.command({ query: 'ALTER TABLE records DROP PARTITION (202606, 0)' });
  await warehouse.client.command({ query: 'TRUNCATE TABLE segments SYNC' });
  expect(await rowsOf(warehouse)).toBe(2);
  const projection = createProjection({ warehouse, ledger, streams: ['access'] });
  await runUntil(projection, () => projection.status()[0]?.projected_to === 3);
  expect(await compareSegment(warehouse, segment)).toEqual(WHOLE);
  expect(await rowsOf(warehouse)).toBe(4);
});

test('rows of a segment in a number that no token explains stop its partition and say what to do', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const [segment] = await commitMany(commit, 1);
  await insertSegment(warehouse.client, await readySegment(segment!), { mayBeThere: false });
  await warehouse.client.command({
    query: 'INSERT INTO records SELECT * FROM records WHERE offset = 0',
    clickhouse_settings: { insert_deduplicate: 0 },
  });
  await warehouse.client.command({ query: 'TRUNCATE TABLE segments SYNC' });
  const changes: (string | null)[] = [];
  const onChange = ({ code }: { code: string | null }) => changes.push(code);
  const projection = createProjection({ warehouse, ledger, streams: ['access'], onChange, maxBackoffMs: 20 });
  await runUntil(projection, () => (projection.status()[0]?.failures ?? 0) >= 3);
  expect(projection.status()[0]).toMatchObject({ error: 'ROWS_DIFFER', segments: 0 });
  expect(changes).toEqual(['ROWS_DIFFER']);
});

test('a hole in what ClickHouse holds is filled on start', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const segments = await commitMany(commit, 4);
  for (const i of [0, 3])
    await insertSegment(warehouse.client, await readySegment(segments[i]!), { mayBeThere: false });
  const projection = createProjection({ warehouse, ledger, streams: ['access'] });
  await runUntil(projection, () => projection.status()[0]?.projected_to === 11);
  expect(await rowsOf(warehouse)).toBe(12);
  for (const segment of segments) expect(await compareSegment(warehouse, segment)).toEqual(WHOLE);
});

test('ClickHouse killed in the midst: commits go on, projection catches up, nothing is doubled', async () => {
  const warehouse = await bench.newWarehouse();
  const { ledger, commit } = bench.newLedger();
  const changes: (string | null)[] = [];
  const projection = createProjection({
    warehouse,
    ledger,
    streams: ['access'],
    onChange: ({ code }) => changes.push(code),
    maxBackoffMs: 100,
  });
  const stop = new AbortController();
  const running = projection.run(stop.signal);
  const segments = await commitMany(commit, 2);
  projection.nudge('access', 0);
  await vi.waitUntil(() => projection.status()[0]?.projected_to === 5, { timeout: 20_000 });
  bench.killEngine();
  segments.push(...(await commitMany(commit, 3)));
  projection.nudge('access', 0);
  await vi.waitUntil(() => projection.status()[0]?.error === 'UNREACHABLE', { timeout: 20_000, interval: 5 });
  await vi.waitUntil(() => projection.status()[0]?.projected_to === 14, { timeout: 50_000 });
  stop.abort();
  await running;
  expect(changes).toEqual(['UNREACHABLE', null]);
  for (const segment of segments) expect(await compareSegment(warehouse, segment)).toEqual(WHOLE);
  expect(await rowsOf(warehouse)).toBe(15);
});

/** As if 10,000 other segments had been inserted since. */
async function forgetTokens({ client }: Warehouse): Promise<void> {
  for (const window of [0, 10_000]) {
    const query = `ALTER TABLE records MODIFY SETTING non_replicated_deduplication_window = ${window}`;
    await client.command({ query });
  }
}
