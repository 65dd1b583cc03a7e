// SPDX-License-Identifier: Apache-2.0
// What every store must do. Each implementation's test file runs this suite on its real engine.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listingContract } from './listing.contract.ts';
import type { ObjectStore } from './object-store.ts';
import { type ObjectStoreOptions, openObjectStore } from './open-object-store.ts';
import { retentionContract } from './retention.contract.ts';
import { bytesFor } from './test-programs/bytes-for.ts';
import { runProgram } from './test-programs/run-program.ts';

export interface StorePlaceUnderTest {
  /** A place that holds nothing yet. */
  url: string;
  options: ObjectStoreOptions;
}

const MIB = 1024 * 1024;
const YEAR_MS = 365 * 86_400_000;
const text = (value: string) => new TextEncoder().encode(value);

/** @param prepare makes one empty place; called once, before the first test */
export function objectStoreContract(name: string, prepare: () => Promise<StorePlaceUnderTest>): void {
  describe(`object store contract on ${name}`, () => {
    let place: StorePlaceUnderTest;
    let store: ObjectStore;
    beforeAll(async () => {
      place = await prepare();
      store = openObjectStore(place.url, place.options);
    });
    afterAll(() => store?.close());

    test('the first create stands and a second one changes nothing', async () => {
      const first = await store.create('once/a', text('first'));
      const second = await store.create('once/a', text('second'));
      expect(first.outcome).toBe('created');
      expect(second).toEqual({ outcome: 'exists', versionId: first.versionId });
      expect(await store.get('once/a')).toEqual({ bytes: text('first'), versionId: first.versionId });
    });

    test('what was never created is absent', async () => {
      expect(await store.get('never/a')).toBeUndefined();
      expect(await store.has('never/a')).toBe(false);
      expect(await store.has('once')).toBe(false); // a folder of keys is no object
      expect(await store.remove('never/a')).toEqual({ outcome: 'absent' });
    });

    test.each([
      ['empty', 0],
      ['one byte', 1],
      ['40 MiB', 40 * MIB],
    ])('bytes come back exactly: %s', async (_, size) => {
      const key = `exact/${size}`;
      const bytes = bytesFor(key, size);
      await store.create(key, bytes);
      const back = await store.get(key);
      expect(back?.bytes.length).toBe(size);
      expect(Buffer.compare(back?.bytes ?? text('absent'), bytes)).toBe(0);
    });

    test('of 20 parallel creates exactly one is told that it created', async () => {
      const other = openObjectStore(place.url, place.options);
      const racers = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? store : other));
      const told = await Promise.all(racers.map((racer, at) => racer.create('race/a', text(`racer ${at}`))));
      const winners = told.flatMap(({ outcome }, at) => (outcome === 'created' ? [at] : []));
      expect(winners).toHaveLength(1);
      expect((await store.get('race/a'))?.bytes).toEqual(text(`racer ${winners[0]}`));
      expect(new Set(told.map(({ versionId }) => versionId)).size).toBe(1);
      await other.close();
    });

    test('racing processes win each key exactly once', async () => {
      await expectEachKeyWonOnce(place);
    });

    test('an object without retention can be removed, and its key used again', async () => {
      await store.create('free/a', text('one'));
      expect(await store.remove('free/a')).toEqual({ outcome: 'removed' });
      expect(await store.has('free/a')).toBe(false);
      expect(await store.remove('free/a')).toEqual({ outcome: 'absent' });
      expect((await store.create('free/a', text('two'))).outcome).toBe('created');
      expect((await store.get('free/a'))?.bytes).toEqual(text('two'));
    });

    test.each(['', 'A', '/a', 'a/', 'a//b', 'a/../b', 'a/./b', '.a', 'a b', 'é', 'a'.repeat(513)])(
      'the key %j is refused everywhere',
      async key => {
        const refused = { name: 'ObjectsError', code: 'KEY' };
        await expect(store.create(key, text('x'))).rejects.toMatchObject(refused);
        await expect(store.get(key)).rejects.toMatchObject(refused);
        await expect(store.remove(key)).rejects.toMatchObject(refused);
      },
    );

    test('kill -9 loses nothing that was acknowledged', async () => {
      const retain = new Date(Date.now() + YEAR_MS).toISOString();
      const credentials = JSON.stringify(place.options);
      const writer = runProgram('create-many.ts', [place.url, credentials, 'killed/', '20000', retain]);
      await writer.untilLines(25);
      writer.child.kill('SIGKILL');
      await writer.ended;
      const fresh = openObjectStore(place.url, place.options);
      expect(writer.lines.length).toBeGreaterThanOrEqual(25);
      for (const line of writer.lines) {
        const [outcome, key = ''] = line.split(' ');
        expect(outcome).toBe('created');
        expect((await fresh.get(key))?.bytes).toEqual(bytesFor(key, 20_000));
        expect((await fresh.remove(key)).outcome).toBe('refused');
      }
      await fresh.close();
    });

    test('ping resolves where the store can be used', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    listingContract(() => store);
    retentionContract(() => store);
  });
}

async function expectEachKeyWonOnce(place: StorePlaceUnderTest): Promise<void> {
  const keys = 20;
  const racers = ['a', 'b', 'c'].map(me =>
    runProgram('race-one.ts', [place.url, JSON.stringify(place.options), String(keys), me]),
  );
  await Promise.all(racers.map(racer => racer.untilLines(1)));
  for (const racer of racers) racer.child.stdin?.write('go\n');
  await Promise.all(racers.map(racer => racer.ended));
  const won = racers.flatMap(({ lines }) => lines.filter(line => line.startsWith('won ')));
  expect(won.sort()).toEqual(Array.from({ length: keys }, (_, at) => `won ${at}`).sort());
}
