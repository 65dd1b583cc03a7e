// SPDX-License-Identifier: Apache-2.0
// A hundred tasks, each waiting until its event is on disk before it gives the next: through record(), or through
// nothing but a write and an fdatasync of bytes that were ready before, shared by all who wait.
import { globSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTrail } from '@ashiato/sdk';
import { sdkAccesses } from '../sdk-events.ts';
import { tell } from './tell.ts';

const [side, dir, count] = process.argv.slice(2) as [string, string, string];
const EVENTS = Number(count);
const CONCURRENT = 100;
const accesses = sdkAccesses(1000);

const trail = createTrail({ source: '/bench/durably', spoolDir: join(dir, 'spool'), forwarder: 'other' });
await trail.start();
const put = side === 'sdk' ? (n: number) => trail.record(accesses[n % 1000]!) : await bareLoop();
await run(EVENTS / 2);
tell(await run(EVENTS));
process.exit();

async function run(events: number) {
  let n = 0;
  const task = async () => {
    while (n < events) await put(n++);
  };
  const before = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: CONCURRENT }, task));
  const micros = ((performance.now() - began) * 1000) / events;
  const { user, system } = process.cpuUsage(before);
  return { micros, cpu_micros: (user + system) / events };
}

/** Everyone who waits when the disk is free shares the next write and fdatasync. */
async function bareLoop(): Promise<(n: number) => Promise<void>> {
  const pieces = await spooledPieces();
  const file = await open(join(dir, 'bare'), 'w');
  let end = 0;
  let waiting: { piece: Buffer; done: () => void }[] = [];
  let running = false;
  async function drain(): Promise<void> {
    running = true;
    // One turn of the event loop lets those of the same moment join.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      const bytes = Buffer.concat(group.map(({ piece }) => piece));
      await file.write(bytes, 0, bytes.length, end);
      await file.datasync();
      end += bytes.length;
      for (const { done } of group) done();
      // Whom that woke are here again before the next write.
      await new Promise(setImmediate);
    }
    running = false;
  }
  return n =>
    new Promise(done => {
      waiting.push({ piece: pieces[n % CONCURRENT]!, done });
      if (!running) void drain();
    });
}

/** What the spool holds of the first hundred accesses, in equal pieces: the same bytes, a hundred to a group. */
async function spooledPieces(): Promise<Buffer[]> {
  await Promise.all(accesses.slice(0, CONCURRENT).map(access => trail.record(access)));
  const [file] = globSync(join(dir, 'spool/events/topics/spool/00000/*'));
  const bytes = await readFile(file!);
  const each = Math.floor(bytes.length / CONCURRENT);
  if (each < 300) throw new Error(`${file} holds ${bytes.length} bytes of ${CONCURRENT} events`);
  return Array.from({ length: CONCURRENT }, (_, i) => bytes.subarray(i * each, (i + 1) * each));
}
