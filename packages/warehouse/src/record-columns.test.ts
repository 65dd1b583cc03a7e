// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareSegment } from './compare.ts';
import { insertSegment, readySegment } from './insert-segment.ts';
import { RECORD_COLUMNS } from './record-columns.ts';
import { rowsFromSegment } from './rows-from-segment.ts';
import { accessEvent, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

test('the columns in code are those of the table: names, types, order', async () => {
  const { client } = await bench.newWarehouse();
  const result = await client.query({
    query: `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = 'records'
      AND default_kind = '' ORDER BY position`,
    format: 'JSONEachRow',
  });
  expect(RECORD_COLUMNS.map(({ name, type }) => ({ name, type }))).toEqual(await result.json());
});

async function firstRow(message: string, stream: 'access' | 'context' | 'control' = 'access') {
  const { commit } = bench.newLedger();
  const segment = await commit([message], { stream });
  const [row] = rowsFromSegment(segment);
  return Object.fromEntries(RECORD_COLUMNS.map(column => [column.name, column.value(row!)]));
}

test('every member of an access event that reports or detectors ask for has its column', async () => {
  const values = await firstRow(
    accessEvent('e', {
      sequence: 12,
      data: {
        actor: { id: 'E-1', type: 'agent', org: 'o', role: 'r', session: 's' },
        on_behalf_of: [
          { id: 'E-2', type: 'user' },
          { id: 'E-3', type: 'user' },
        ],
        subject: { ref: 'K-2' },
        population: { count: 3 },
        part: { operation_id: 'op', index: 2, of: 4 },
        recipient: { category: 'R1', id: 'P-1', area: 'tokyo', country: 'JP' },
        provider: { category: 'V1', id: 'V-1' },
        acquisition: { method: 'form' },
        provision: { basis: 'consent' },
        refs: { debt: 'D-1', incident: 'I-1' },
        lookup: { by: 'name', adjacent: true },
        result: { count: 9 },
        outcome: 'denied',
        break_glass: { code: 'B-1', approver: 'E-4' },
        site: { id: 'site', terminal: 'PC', ip: '10.0.0.1' },
      },
    }),
  );
  expect(values).toMatchObject({
    sequenced: 1,
    sequence: 12,
    source_epoch: '7',
    actor: 'E-1',
    actor_type: 'agent',
    org: 'o',
    role: 'r',
    session: 's',
    on_behalf_of: ['E-2', 'E-3'],
    subject: 'K-2',
    population: 3,
    operation_id: 'op',
    part: 2,
    part_of: 4,
    form: 'identified',
    recipient: 'R1',
    recipient_id: 'P-1',
    recipient_area: 'tokyo',
    recipient_country: 'JP',
    provider: 'V1',
    provider_id: 'V-1',
    acquisition_method: 'form',
    provision_basis: 'consent',
    reference_kinds: ['debt', 'incident'],
    reference_ids: ['D-1', 'I-1'],
    lookup_by: 'name',
    lookup_adjacent: 1,
    result_count: 9,
    outcome: 'denied',
    break_glass: 'B-1',
    break_glass_approver: 'E-4',
    site: 'site',
    terminal: 'PC',
    site_ip: '10.0.0.1',
    clauses: ['C2-P02', 'C3-G1'],
    finding_codes: ['purpose_stated', 'field_in_group'],
    counted: 1,
    body: '',
  });
});

test('a context event keeps its fact, names its subject and counts nowhere', async () => {
  const event = {
    specversion: '1.0',
    id: 'x',
    source: '/s',
    type: 'io.ashiato.context.debt.v1',
    time: '2026-05-01T00:00:00Z',
    data: { id: 'f-1', valid_from: '2026-05-01T00:00:00Z', subject: 'K-7', debt: 'D-7' },
  };
  const values = await firstRow(JSON.stringify(event), 'context');
  expect(values).toMatchObject({
    subject: 'K-7',
    counted: 0,
    verdict: '',
    form: '',
    body: JSON.stringify(event.data),
  });
});

test('malformed members go in as their commitments or as nothing, and the rows compare equal', async () => {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const strange: Record<string, unknown>[] = [
    { actor: 'Taro Yamada' },
    { actor: [1], subject: null, refs: 7, fields: 'basic.name' },
    { fields: [1, 'basic.name', { a: 1 }], population: { count: 'many' }, part: { index: 1.5 } },
    { on_behalf_of: 'E-1', refs: { contract: { no: 1 }, unknown: 'x' }, lookup: { adjacent: 'yes' } },
    { site: 'somewhere', result: { count: -1 }, break_glass: true, outcome: 5, form: {} },
    { __proto__: { id: 'E-1' }, constructor: 'x', toString: 1 },
  ];
  const texts = strange.map((data, i) =>
    accessEvent(`e-${i}`, { data, time: i % 2 ? 'no time' : '9999-12-31T00:00:00Z' }),
  );
  const raw = [
    '{"specversion":"1.0","id":"r","source":"/s","type":"io.ashiato.access.v1",\r\n"time":"x"}',
    '',
  ];
  const segment = await commit([...texts, ...raw]);
  await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
  expect(await compareSegment(warehouse, segment)).toEqual({ mismatch: null, missing: [], surplus: [] });
  const [first] = rowsFromSegment(segment);
  const actor = RECORD_COLUMNS.find(({ name }) => name === 'actor')!.value(first!);
  expect(actor).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('the digest is that of the bytes, and equal for two deliveries of an event with encrypted members', async () => {
  const { commit } = bench.newLedger();
  const stray = accessEvent('a', { data: { surprise: 'kept encrypted' } });
  const segment = await commit([stray, stray, accessEvent('a'), accessEvent('b')]);
  const digests = [...rowsFromSegment(segment)].map(({ digest }) => digest);
  expect(digests[0]).toBe(digests[1]);
  expect(new Set(digests).size).toBe(3);
});
