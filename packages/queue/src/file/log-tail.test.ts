// SPDX-License-Identifier: Apache-2.0
// Reading what another process owns: only what has settled, across files, past torn ends.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FileQueue, openFileQueue } from './file-queue.ts';
import { createLogTail } from './log-tail.ts';

let dir: string;
let queue: FileQueue;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ashiato-tail-'));
  queue = openFileQueue(dir, { segmentBytes: 1000 });
  await queue.ensureTopics([{ topic: 't', partitions: 1 }]);
});
afterEach(async () => {
  await queue.close();
  rmSync(dir, { recursive: true, force: true });
});

const partition = () => join(dir, 'topics', 't', '00000');
const files = () =>
  readdirSync(partition())
    .sort()
    .map(name => join(partition(), name));
async function publish(from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++)
    await queue.publisher().publish([{ topic: 't', key: null, value: Buffer.alloc(300, `value ${i} `) }]);
}
/** As if everything there now were an hour old. */
const later = () => Date.now() + 3_600_000;
async function offsetsFrom(tail: ReturnType<typeof createLogTail>): Promise<number[]> {
  const offsets: number[] = [];
  for (let more = await tail.next(); more.length > 0; more = await tail.next())
    offsets.push(...more.map(({ offset }) => offset));
  return offsets;
}
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

it('hands out what has settled, from any offset, across files, while the owner goes on', async () => {
  const tail = createLogTail(partition(), undefined, later);
  expect(await offsetsFrom(tail)).toEqual([]);
  await publish(0, 10);
  expect(files().length).toBeGreaterThan(2);
  expect(await offsetsFrom(tail)).toEqual(upTo(0, 10));
  await publish(10, 5);
  expect(await offsetsFrom(tail)).toEqual(upTo(10, 15));
  expect(tail.atEnd()).toBe(true);
  await tail.close();
  const middle = createLogTail(partition(), 7, later);
  expect(await offsetsFrom(middle)).toEqual(upTo(7, 15));
  await middle.close();
});

it('leaves for later what is younger than half a second, and says that it is there', async () => {
  await publish(0, 3);
  let now = Date.now() - 1000;
  const tail = createLogTail(partition(), 0, () => now);
  expect(await tail.next()).toEqual([]);
  expect(tail.atEnd()).toBe(false);
  now = later();
  expect(await offsetsFrom(tail)).toEqual(upTo(0, 3));
  await tail.close();
});

it('stops at a torn end, and goes on when the owner has repaired it', async () => {
  await publish(0, 2);
  await queue.close();
  const newest = files().at(-1)!;
  appendFileSync(newest, readFileSync(newest).subarray(16, 100));
  const tail = createLogTail(partition(), 0, later);
  expect(await offsetsFrom(tail)).toEqual(upTo(0, 2));
  queue = openFileQueue(dir, { segmentBytes: 1000 });
  await publish(2, 4);
  expect(await offsetsFrom(tail)).toEqual(upTo(2, 6));
  await tail.close();
});

it('tells damage in a finished file, and an offset that is no longer held', async () => {
  await publish(0, 10);
  const [first] = files();
  truncateSync(first!, readFileSync(first!).length - 10);
  const tail = createLogTail(partition(), 0, later);
  await expect(offsetsFrom(tail)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
  await tail.close();
  await queue.trim('t', 0, 8);
  const gone = createLogTail(partition(), 0, later);
  await expect(gone.next()).rejects.toThrow(/offset 0 is wanted/);
  await gone.close();
});
