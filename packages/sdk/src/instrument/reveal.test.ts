// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { FieldMapError } from './field-map.ts';
import { startTrail, told } from './instrument.testing.ts';
import { reveal } from './reveal.ts';

const row = { number: '1001', name: 'A', birth_date: '1990-01-01', fax: '1' };

test('only what was really read is recorded, whose it is without reading that', async () => {
  const scene = await startTrail();
  const text = await scene.asStaff(() => reveal(scene, 'customers', row, ({ name }) => `for ${name}`));
  expect(text).toBe('for A');
  expect(await scene.asStaff(() => reveal(scene, 'customers', row, shown => shown.number))).toBe('1001');
  expect(told(await scene.recorded())).toEqual(['1001: basic.name']);
});

test('copying or serialising the row reads every column of it', async () => {
  const scene = await startTrail();
  const { fax: _, ...known } = row;
  await scene.asStaff(async () => {
    await reveal(scene, 'customers', known, shown => ({ ...shown }));
    await reveal(scene, 'customers', known, async shown => JSON.stringify(shown));
  });
  expect(told(await scene.recorded())).toEqual([
    '1001: basic.name customer.birth_date',
    '1001: basic.name customer.birth_date',
  ]);
});

test('a column that is not mapped cannot be read; the row cannot be changed, nor read later', async () => {
  const scene = await startTrail();
  await scene.asStaff(async () => {
    await expect(reveal(scene, 'customers', row, shown => shown.fax)).rejects.toThrow(FieldMapError);
    await expect(
      reveal(scene, 'customers', row, shown => {
        shown.name = 'Z';
      }),
    ).rejects.toThrow(TypeError);
    const kept = await reveal(scene, 'customers', row, shown => ({ shown }));
    expect(() => kept.shown.name).toThrow(TypeError);
  });
  expect(await scene.recorded()).toEqual([]);
  expect(row.name).toBe('A');
});

test('what was read before `show` failed is recorded as failed, once', async () => {
  const scene = await startTrail();
  const failing = scene.asStaff(() =>
    reveal(scene, 'customers', row, ({ name }) => {
      throw new Error(`printer on fire, ${name.length}`);
    }),
  );
  await expect(failing).rejects.toThrow('printer on fire');
  const recorded = await scene.recorded();
  expect(told(recorded)).toEqual(['1001: basic.name']);
  expect(recorded[0]!.data).toMatchObject({ outcome: 'failed' });
});
