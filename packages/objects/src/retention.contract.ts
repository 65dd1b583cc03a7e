// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test, vi } from 'vitest';
import type { ObjectStore } from './object-store.ts';

const bytes = new TextEncoder().encode('kept');
const HOUR_MS = 3_600_000;

/** Whole seconds, as the stores keep them. */
const fromNow = (ms: number) => new Date(Math.ceil((Date.now() + ms) / 1000) * 1000);

/** The part of the object store contract that is about retention and holds. */
export function retentionContract(store: () => ObjectStore): void {
  describe('retention', () => {
    test('a retained object is not removed', async () => {
      const retainUntil = fromNow(HOUR_MS);
      await store().create('kept/a', bytes, { retainUntil });
      expect(await store().retention('kept/a')).toEqual({ retainUntil, legalHold: false });
      expect(await store().remove('kept/a')).toEqual({ outcome: 'refused', retainUntil, legalHold: false });
      expect((await store().get('kept/a'))?.bytes).toEqual(bytes);
    });

    test('a fraction of a second is rounded up, never down', async () => {
      const whole = fromNow(HOUR_MS);
      await store().create('kept/rounded', bytes, { retainUntil: new Date(whole.getTime() - 999) });
      expect((await store().retention('kept/rounded')).retainUntil).toEqual(whole);
    });

    test('a retention grows and never shrinks', async () => {
      const [first, later] = [fromNow(HOUR_MS), fromNow(2 * HOUR_MS)];
      await store().create('kept/b', bytes, { retainUntil: first });
      await store().extendRetention('kept/b', later);
      await store().extendRetention('kept/b', later);
      await expect(store().extendRetention('kept/b', first)).rejects.toMatchObject({ code: 'RETENTION' });
      expect((await store().retention('kept/b')).retainUntil).toEqual(later);
    });

    test('an object that had none can be given one', async () => {
      await store().create('kept/c', bytes);
      expect(await store().retention('kept/c')).toEqual({ retainUntil: null, legalHold: false });
      await store().extendRetention('kept/c', fromNow(HOUR_MS));
      expect((await store().remove('kept/c')).outcome).toBe('refused');
    });

    test('when the retention is over the object can be removed', async () => {
      await store().create('kept/short', bytes, { retainUntil: fromNow(2_000) });
      expect((await store().remove('kept/short')).outcome).toBe('refused');
      await vi.waitFor(async () => expect((await store().remove('kept/short')).outcome).toBe('removed'), {
        timeout: 20_000,
        interval: 200,
      });
    });

    test('a second create does not touch the retention of the first', async () => {
      await store().create('kept/d', bytes);
      await store().create('kept/d', bytes, { retainUntil: fromNow(HOUR_MS) });
      expect((await store().remove('kept/d')).outcome).toBe('removed');
    });

    test('a past or invalid date is refused and creates nothing', async () => {
      for (const retainUntil of [new Date(Date.now() - HOUR_MS), new Date(Number.NaN)]) {
        const refused = { name: 'ObjectsError', code: 'RETENTION' };
        await expect(store().create('kept/e', bytes, { retainUntil })).rejects.toMatchObject(refused);
      }
      expect(await store().has('kept/e')).toBe(false);
    });

    test('a legal hold protects until it is taken off', async () => {
      await store().create('held/a', bytes);
      await store().setLegalHold('held/a', true);
      expect(await store().retention('held/a')).toEqual({ retainUntil: null, legalHold: true });
      expect(await store().remove('held/a')).toEqual({
        outcome: 'refused',
        retainUntil: null,
        legalHold: true,
      });
      await store().setLegalHold('held/a', false);
      expect((await store().remove('held/a')).outcome).toBe('removed');
    });

    test('taking a hold off leaves the retention', async () => {
      await store().create('held/b', bytes, { retainUntil: fromNow(HOUR_MS) });
      await store().setLegalHold('held/b', true);
      await store().setLegalHold('held/b', false);
      expect((await store().remove('held/b')).outcome).toBe('refused');
    });

    test('what is not there cannot be kept', async () => {
      const absent = { name: 'ObjectsError', code: 'ABSENT' };
      await expect(store().retention('kept/none')).rejects.toMatchObject(absent);
      await expect(store().extendRetention('kept/none', fromNow(HOUR_MS))).rejects.toMatchObject(absent);
      await expect(store().setLegalHold('kept/none', true)).rejects.toMatchObject(absent);
    });
  });
}
