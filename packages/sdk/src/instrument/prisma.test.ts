// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FieldMapError } from './field-map.ts';
import { startTrail, told } from './instrument.testing.ts';
import { type Postgres, startPostgres } from './postgres.testing.ts';
import { recordedPrisma } from './prisma.ts';
import { prismaClient, type TestClient } from './prisma-client.testing.ts';

let postgres: Postgres;
let plain: TestClient;
beforeAll(async () => {
  postgres = await startPostgres();
  plain = prismaClient(postgres.pool);
});
afterAll(() => postgres.stop());

async function start() {
  const scene = await startTrail();
  return { scene, prisma: plain.$extends(recordedPrisma(scene)) };
}

test('the selected fields of a model, by the columns they are mapped to', async () => {
  const { scene, prisma } = await start();
  await scene.asStaff(async () => {
    const rows = await prisma.customer.findMany({
      select: { number: true, birthDate: true },
      where: { name: 'A' },
    });
    expect(rows).toEqual([{ number: '1001', birthDate: '1990-01-01' }]);
    await prisma.customer.findUnique({ where: { number: '1002' }, omit: { fax: true, birthDate: true } });
  });
  expect(told(await scene.recorded())).toEqual(['1001: customer.birth_date', '1002: basic.name']);
});

test('relations are read with the row around them, whichever side says whose they are', async () => {
  const { scene, prisma } = await start();
  await scene.asStaff(async () => {
    await prisma.customer.findMany({
      select: { number: true, contracts: { select: { menu: true } }, _count: true },
      where: { number: { in: ['1001', '1003'] } },
    });
    await prisma.contract.findUnique({
      where: { id: 'C-2' },
      select: { customerNumber: true, customer: { select: { name: true } } },
    });
  });
  expect(told(await scene.recorded())).toEqual(['1001: customer.contract_details', '1002: basic.name']);
});

test('a transaction, an update that returns a row, aggregates by person; counting is no access', async () => {
  const { scene, prisma } = await start();
  await scene.asStaff(async () => {
    await prisma.$transaction(tx =>
      tx.customer.update({
        where: { number: '1003' },
        data: { name: 'C' },
        select: { number: true, name: true },
      }),
    );
    await prisma.contract.groupBy({
      by: ['customerNumber'],
      _min: { menu: true },
      having: { customerNumber: '1002' },
    });
    expect(await prisma.customer.count()).toBe(3);
    expect(await prisma.customer.updateMany({ data: { fax: '0' } })).toEqual({ count: 3 });
    expect(await prisma.$executeRawUnsafe('update customers set fax = null')).toBe(3);
  });
  expect(told(await scene.recorded())).toEqual(['1002: customer.contract_details', '1003: basic.name']);
});

test('what is not mapped, or does not say whose it is, is refused and not released', async () => {
  const { scene, prisma } = await start();
  await scene.asStaff(async () => {
    await expect(prisma.customer.findMany()).rejects.toThrow('customers.fax');
    await expect(prisma.customer.findMany({ select: { name: true } })).rejects.toThrow(
      'does not say whose it is',
    );
    await expect(prisma.customer.aggregate({ _max: { birthDate: true } })).rejects.toThrow(FieldMapError);
    await expect(prisma.$queryRawUnsafe('select name from customers')).rejects.toThrow('read by a model');
  });
  expect(await scene.recorded()).toEqual([]);
});
