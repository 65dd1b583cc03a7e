// SPDX-License-Identifier: Apache-2.0
// What record() promised survives kill -9 at any moment (DESIGN 2, promise 1). The long form:
// `ASHIATO_TEST_KILLS=200 vitest run packages/sdk/src/crash`.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { type Arrived, account, arrivedAt, openTarget } from './delivered.testing.ts';
import { newSealKey } from './seal-key.ts';
import { sealedBy } from './seals.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';

const KILLS = Number(process.env.ASHIATO_TEST_KILLS ?? 10);
const TIMEOUT = 60_000 + KILLS * 5_000;

function startEmitter(dir: string, mode: string): ChildProcess {
  const program = join(import.meta.dirname, 'crash-emitter.testing.ts');
  return spawn(process.execPath, [program, dir, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the emitter once it promised `moment` records, and adds every promise it made. */
async function killAfter(dir: string, mode: string, moment: number, promised: Set<string>): Promise<void> {
  const emitter = startEmitter(dir, mode);
  const ended = once(emitter, 'exit');
  let heard = 0;
  for await (const line of createInterface({ input: emitter.stdout! })) {
    // The kill may cut the last line; it was no promise then.
    if (/^\d+ \d+ [0-9a-f-]{36}$/.test(line)) promised.add(line);
    // Not at a promise itself: anywhere in what follows.
    if (++heard === moment) setTimeout(() => emitter.kill('SIGKILL'), Math.random() * 20);
  }
  const [code, signal] = await ended;
  expect({ code, signal }, 'the emitter must be ended by us alone').toEqual({
    code: null,
    signal: 'SIGKILL',
  });
}

const randomMoment = () => 1 + Math.floor(Math.random() ** 2 * 1500);

/** A folder with a key in it, what was promised there by runs that were killed, and how to deliver the rest. */
async function scene() {
  const dir = await tempFolder();
  const { privateKey, publicKey } = newSealKey();
  await writeFile(join(dir, 'seal.pem'), privateKey, { mode: 0o600 });
  const promised = new Set<string>();
  const drain = async () => {
    expect(await once(startEmitter(dir, 'drain'), 'exit')).toEqual([0, null]);
    const queue = await openTarget(join(dir, 'queue'));
    const arrived = await arrivedAt(queue);
    await queue.close();
    return { arrived, counted: account(arrived, promised), sealed: sealedBy(arrived, publicKey) };
  };
  return { dir, promised, drain };
}

function expectKept({
  counted,
  sealed,
}: Awaited<ReturnType<Awaited<ReturnType<typeof scene>>['drain']>>): void {
  expect(counted.faults).toEqual([]);
  expect(sealed.faults).toEqual([]);
  // Each killed run left an unknown tail, unless it was killed before its start seal; the last one ended by itself.
  expect(sealed.seals.at(-1)).toMatchObject({ reason: 'stop' });
}

test(`everything promised arrives once, in order and sealed after ${KILLS} kills`, {
  timeout: TIMEOUT,
}, async () => {
  const { dir, promised, drain } = await scene();
  for (let kill = 0; kill < KILLS; kill++) await killAfter(dir, 'record', randomMoment(), promised);
  const kept = await drain();
  expectKept(kept);
  const { arrived, counted, sealed } = kept;
  expect(counted.events).toBeGreaterThanOrEqual(promised.size);
  expect(sealed.unknownTails).toBe(KILLS);
  process.stdout.write(
    `${KILLS} kills: ${promised.size} promised, ${counted.events} arrived, ${counted.redeliveries} again, ${sealed.seals.length} seals\n`,
  );

  // The accounting can fail: each of these breaks one promise.
  const accesses = arrived.filter(({ event }) => event.sequence !== undefined);
  const sixth = accesses[5]!;
  const changed: Arrived = { ...sixth, text: sixth.text.replace('staff-104', 'staff-105') };
  expect(account(accesses.toSpliced(5, 1), promised).faults).not.toEqual([]);
  expect(account([...accesses, changed], promised).faults).not.toEqual([]);
  expect(account([accesses[1]!, accesses[0]!, ...accesses.slice(2)], promised).faults).not.toEqual([]);
  expect(account(accesses, new Set(['1 1 x'])).faults).toEqual(['lost: 1 1 x']);
});

test('the same with the destination away throughout, and a torn frame after every kill', {
  timeout: TIMEOUT,
}, async () => {
  const { dir, promised, drain } = await scene();
  const kills = Math.ceil(KILLS / 2);
  for (let kill = 0; kill < kills; kill++) {
    await killAfter(dir, 'away', randomMoment(), promised);
    await tearFrame(join(dir, 'spool', 'events', 'topics', 'spool', '00000'));
  }
  const kept = await drain();
  expectKept(kept);
  expect(kept.counted.redeliveries).toBe(0);
  expect(kept.sealed.unknownTails).toBe(kills);
});

/** As if the machine had stopped in the middle of a write: the newest file ends with a part of a frame. */
async function tearFrame(partition: string): Promise<void> {
  const newest = join(partition, (await readdir(partition)).sort().at(-1)!);
  const frame = (await readFile(newest)).subarray(16);
  await appendFile(newest, frame.subarray(0, 1 + Math.floor(Math.random() * 200)));
}
