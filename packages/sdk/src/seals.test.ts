// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SEAL_TYPE } from '@ashiato/schema';
import { expect, onTestFinished, test } from 'vitest';
import { account, arrivedAt, openTarget } from './delivered.testing.ts';
import type { TrailOptions } from './options.ts';
import { access } from './sample-access.testing.ts';
import { newSealKey } from './seal-key.ts';
import { sealedBy } from './seals.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail } from './trail.ts';

async function scene() {
  const dir = await tempFolder();
  const queue = await openTarget(join(dir, 'queue'));
  onTestFinished(() => queue.close());
  const { privateKey, publicKey } = newSealKey();
  const sealKeyFile = join(dir, 'seal.pem');
  await writeFile(sealKeyFile, privateKey);
  const trail = (options: Partial<TrailOptions> = {}) =>
    createTrail({
      source: '/test/desk',
      spoolDir: join(dir, 'spool'),
      queue,
      sealKeyFile,
      ...options,
    } as TrailOptions);
  return { dir, queue, publicKey, trail };
}

test('seals cover every event, name the epoch before, and show what was lost or changed', async () => {
  const { queue, publicKey, trail } = await scene();
  for (const count of [250, 0, 3]) {
    const desk = trail();
    await desk.start();
    await Promise.all(Array.from({ length: count }, () => desk.record(access())));
    await desk.close();
  }
  const arrived = await arrivedAt(queue);
  const { faults, seals, unknownTails } = sealedBy(arrived, publicKey);
  expect({ faults, unknownTails }).toEqual({ faults: [], unknownTails: 0 });
  const ranges = seals.map(({ reason, first, last, previous_epoch }) => [
    reason,
    first,
    last,
    previous_epoch?.last,
  ]);
  expect(ranges).toEqual([
    ['start', '1', '0', undefined],
    ['stop', '1', '250', undefined],
    ['start', '1', '0', '250'],
    ['stop', '1', '0', undefined],
    ['start', '1', '0', '0'],
    ['stop', '1', '3', undefined],
  ]);
  expect(account(arrived, new Set()).faults).toEqual([]);

  // Each of these is seen.
  expect(sealedBy(arrived, newSealKey().publicKey).faults[0]).toContain('not signed');
  expect(sealedBy(arrived.toSpliced(7, 1), publicKey).faults).not.toEqual([]);
  expect(
    sealedBy(
      arrived.filter((_, i) => i < 200),
      publicKey,
    ).unknownTails,
  ).toBe(1);
  const altered = arrived.map((one, i) => (i === 7 ? { ...one, text: one.text.replace('104', '105') } : one));
  expect(sealedBy(altered, publicKey).faults).toEqual([expect.stringContaining('another root')]);
  const withoutEpoch = arrived.filter(({ event }) => event.sourceepoch !== arrived[0]!.event.sourceepoch);
  expect(sealedBy(withoutEpoch, publicKey).faults).toEqual([expect.stringContaining('before it was')]);
});

test('an idle source says so each interval, in a chain', async () => {
  const { queue, publicKey, trail } = await scene();
  const desk = trail({ sealInterval: 1 });
  await desk.start();
  const sealsIn = async () => (await arrivedAt(queue)).filter(({ event }) => event.type === SEAL_TYPE);
  await expect
    .poll(async () => (await sealsIn()).length, { timeout: 10_000, interval: 200 })
    .toBeGreaterThan(2);
  await desk.close();
  const { faults, seals } = sealedBy(await arrivedAt(queue), publicKey);
  expect(faults).toEqual([]);
  expect(seals[1]).toMatchObject({ reason: 'interval', first: '1', last: '0', interval: 1 });
});

test('a folder that changed hands names no epoch that is not its own', async () => {
  const { queue, publicKey, trail } = await scene();
  const first = trail({ source: '/test/other' });
  await first.record(access());
  await first.close();
  const desk = trail();
  await desk.start();
  await desk.close();
  const own = (await arrivedAt(queue)).filter(({ event }) => event.source === '/test/desk');
  expect(sealedBy(own, publicKey)).toMatchObject({
    faults: [],
    seals: [{ reason: 'start' }, { reason: 'stop' }],
  });
});

test('what is no key is refused at start, with the remedy', async () => {
  const { dir, trail } = await scene();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  await writeFile(join(dir, 'rsa.pem'), rsa.export({ type: 'pkcs8', format: 'pem' }));
  for (const name of ['rsa.pem', 'absent.pem']) {
    const starting = trail({ sealKeyFile: join(dir, name) }).start();
    await expect(starting).rejects.toThrow(/Ed25519.*ashiato key new/);
  }
  expect(() => trail({ sealInterval: 0 })).toThrow(/sealInterval/);
});
