// SPDX-License-Identifier: Apache-2.0
// What record() promised survives kill -9 at any moment (DESIGN 2, promise 1).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { type Arrived, account, arrivedAt, openTarget } from './delivered.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';

const KILLS = 24;

function startEmitter(dir: string, mode: string): ChildProcess {
  const program = join(import.meta.dirname, 'crash-emitter.testing.ts');
  return spawn(process.execPath, [program, dir, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the emitter once it promised `moment` records, and adds every promise it made. */
async function killAfter(dir: string, moment: number, promised: Set<string>): Promise<void> {
  const emitter = startEmitter(dir, 'record');
  const ended = once(emitter, 'exit');
  let heard = 0;
  for await (const line of createInterface({ input: emitter.stdout! })) {
    // The kill may cut the last line; it was no promise then.
    if (/^\d+ \d+ [0-9a-f-]{36}$/.test(line)) promised.add(line);
    if (++heard === moment) emitter.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  expect({ code, signal }, 'the emitter must be ended by us alone').toEqual({
    code: null,
    signal: 'SIGKILL',
  });
}

test(`everything promised arrives once and in order after ${KILLS} kills`, { timeout: 180_000 }, async () => {
  const dir = await tempFolder();
  const promised = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    await killAfter(dir, 1 + Math.floor(Math.random() ** 2 * 1500), promised);
  }
  const last = startEmitter(dir, 'drain');
  expect(await once(last, 'exit')).toEqual([0, null]);
  const queue = await openTarget(join(dir, 'queue'));
  const arrived = await arrivedAt(queue);
  await queue.close();

  const { faults, events, redeliveries } = account(arrived, promised);
  expect(faults).toEqual([]);
  expect(events).toBeGreaterThanOrEqual(promised.size);
  expect(new Set(arrived.map(({ event }) => event.sourceepoch)).size).toBeGreaterThan(KILLS / 2);
  process.stdout.write(
    `${KILLS} kills: ${promised.size} promised, ${events} arrived, ${redeliveries} again\n`,
  );

  // The accounting can fail: each of these breaks one promise.
  const sixth = arrived[5]!;
  const changed: Arrived = { ...sixth, text: sixth.text.replace('staff-104', 'staff-105') };
  expect(account(arrived.toSpliced(5, 1), promised).faults).not.toEqual([]);
  expect(account([...arrived, changed], promised).faults).not.toEqual([]);
  expect(account([arrived[1]!, arrived[0]!, ...arrived.slice(2)], promised).faults).not.toEqual([]);
  expect(account(arrived, new Set(['1 1 x'])).faults).toEqual(['lost: 1 1 x']);
});
