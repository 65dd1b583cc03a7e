// SPDX-License-Identifier: Apache-2.0
import { ACCESS_TYPE, type CommittedVerdict } from '@ashiato/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertSegment, readySegment } from './insert-segment.ts';
import { createReports, type Reports } from './reports.ts';
import {
  accessEvent,
  type Commit,
  EPOCH,
  judged,
  openTestBench,
  type TestBench,
} from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

async function openTrail(): Promise<{ reports: Reports; project: Commit }> {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const project: Commit = async (messages, options) => {
    const segment = await commit(messages, options);
    await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
    return segment;
  };
  return { reports: createReports(warehouse), project };
}

const PURPOSES = ['billing', 'marketing', 'support'];
const FIELDS = ['basic.name', 'basic.address', 'contract.plan', 'usage.power'];
const OUTCOMES = ['conforming', 'undetermined', 'violation'] as const;

/** A fixed sequence, so that a failure can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

interface Made {
  text: string;
  purpose: string;
  fields: string[];
  verdict: CommittedVerdict;
  time: Date;
}

function makeEvents(count: number): Made[] {
  const next = numbers(7);
  return Array.from({ length: count }, (_, i) => {
    const purpose = PURPOSES[next(3)]!;
    const fields = FIELDS.filter(() => next(2) === 1);
    const time = new Date(EPOCH + next(48 * 3600) * 1000);
    const verdict = judged(OUTCOMES[next(3)]!, OUTCOMES[next(3)]!);
    const data = { purpose, fields, actor: { id: `E-${next(5)}`, type: 'user' } };
    const text = accessEvent(`e-${i}`, { sequence: i, time: time.toISOString(), data });
    return { text, purpose, fields, verdict, time };
  });
}

test('usage counts what a plain count over the events gives, in both modes', async () => {
  const { reports, project } = await openTrail();
  const events = makeEvents(500);
  await project(
    events.map(({ text }) => text),
    { verdict: offset => events[offset]!.verdict },
  );
  const from = new Date(EPOCH + 6 * 3600_000);
  const to = new Date(EPOCH + 30 * 3600_000);
  for (const mode of ['literal', 'strict'] as const) {
    const expected = new Map<string, { count: number; violations: number; undetermined: number }>();
    for (const { purpose, fields, verdict, time } of events) {
      if (time < from || time >= to) continue;
      const day = new Date(time.getTime() + 9 * 3600_000).toISOString().slice(0, 10);
      for (const field of fields.length > 0 ? fields : ['']) {
        const key = [purpose, field, day].join();
        const row = expected.get(key) ?? { count: 0, violations: 0, undetermined: 0 };
        row.count++;
        if (verdict[mode] === 'violation') row.violations++;
        if (verdict[mode] === 'undetermined') row.undetermined++;
        expected.set(key, row);
      }
    }
    const rows = await reports.usage({
      by: ['purpose', 'field', 'day'],
      from: from.toISOString(),
      to: to.toISOString(),
      mode,
    });
    const found = rows.map(({ purpose, field, day, ...counts }) => [[purpose, field, day].join(), counts]);
    expect(new Map(found as never)).toEqual(expected);
  }
});

test('a period is half open: an event at `to` is out, one at `from` is in', async () => {
  const { reports, project } = await openTrail();
  await project([accessEvent('a', { time: '2026-06-01T00:00:00+09:00' })]);
  const count = async (from: string, to: string) =>
    (await reports.usage({ by: [], from, to }))[0]?.count ?? 0;
  expect(await count('2026-05-31T15:00:00Z', '2026-06-02T00:00:00Z')).toBe(1);
  expect(await count('2026-05-31T14:00:00Z', '2026-05-31T15:00:00Z')).toBe(0);
  expect(await count('2026-05-31T15:00:00.000001Z', '2026-06-02T00:00:00Z')).toBe(0);
});

test('days are those of Tokyo unless a time zone is given', async () => {
  const { reports, project } = await openTrail();
  await project([accessEvent('a', { time: '2026-05-31T16:00:00Z' })]);
  expect((await reports.usage({ by: ['day'] }))[0]?.day).toBe('2026-06-01');
  expect((await reports.usage({ by: ['day'], tz: 'UTC' }))[0]?.day).toBe('2026-05-31');
});

test('re-deliveries never count, conflicts do; records that are no access events never do', async () => {
  const { reports, project } = await openTrail();
  await project([
    accessEvent('a', { sequence: 1 }),
    accessEvent('a', { sequence: 1 }),
    accessEvent('a', { sequence: 1, data: { purpose: 'marketing' } }),
    'no json',
  ]);
  expect((await reports.usage({ by: [] }))[0]?.count).toBe(2);
  expect((await reports.records({})).items.map(({ delivery }) => delivery).sort()).toEqual([
    'conflict',
    'new',
    'new',
    'redelivery',
  ]);
});

test('without sequences the same event in two partitions counts once; other bytes or other source twice', async () => {
  const { reports, project } = await openTrail();
  await project([accessEvent('a')], { partition: 0 });
  await project([accessEvent('a')], { partition: 1 });
  expect((await reports.usage({ by: ['purpose'] }))[0]?.count).toBe(1);
  expect((await reports.usage({ by: ['field'] })).map(({ count }) => count)).toEqual([1, 1]);
  await project([accessEvent('a', { source: '/services/b/1' })], { partition: 1 });
  await project([accessEvent('a', { data: { subject: { ref: 'K-2' } } })], { partition: 2 });
  expect((await reports.usage({ by: [] }))[0]?.count).toBe(3);
});

test('pages neither skip nor repeat while records are added', async () => {
  const { reports, project } = await openTrail();
  const sameMillisecond = { appendedAt: () => EPOCH };
  for (const partition of [0, 1, 2]) {
    const messages = Array.from({ length: 7 }, (_, i) => accessEvent(`${partition}-${i}`));
    await project(messages, { partition, ...sameMillisecond });
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await reports.records({ limit: 4, ...(cursor === null ? {} : { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
    await project([accessEvent(`later-${seen.length}`)], { appendedAt: () => EPOCH + 1_000 });
  } while (cursor !== null);
  expect(new Set(seen).size).toBe(21);
  expect(seen.length).toBe(21);
  expect(seen).toEqual([...seen].sort((a, b) => (place(a) < place(b) ? 1 : -1)));
});

const place = (id: string): string =>
  id
    .split('.')
    .map(part => part.padStart(9, '0'))
    .join('.');

test('a cursor that we did not make is refused', async () => {
  const { reports } = await openTrail();
  await expect(reports.records({ cursor: 'AAAA' })).rejects.toMatchObject({ code: 'CURSOR' });
});

test('each filter finds its record and leaves the other', async () => {
  const { reports, project } = await openTrail();
  const other = {
    actor: { id: 'E-9', type: 'service', org: 'parent', role: 'auditor' },
    subject: { ref: 'K-9' },
    operation: 'provide',
    fields: ['usage.power'],
    purpose: 'marketing',
    business: 'gas',
    recipient: { category: 'R9', id: 'P-9' },
    refs: { incident: 'I-9' },
    outcome: 'denied',
  };
  await project([accessEvent('e-1', { data: { business: 'power', recipient: { category: 'R1' } } })]);
  const verdict = (): CommittedVerdict => ({
    ...judged('violation', 'violation'),
    findings: [{ code: 'c', clauses: ['C9'], mode: 'both', about: 'purpose' }],
  });
  await project([accessEvent('e-9', { source: '/s/9', time: '2026-06-05T00:00:00Z', data: other })], {
    verdict,
  });
  const wanted = {
    event_id: ['e-9'],
    source: ['/s/9'],
    actor: ['E-9'],
    org: ['parent'],
    role: ['auditor'],
    subject: ['K-9', 'K-10'],
    field: ['usage.power'],
    purpose: ['marketing'],
    business: ['gas'],
    recipient: ['R9'],
    operation: ['provide'],
    verdict: ['violation'],
    clause: ['C9'],
    reference: ['I-9'],
    outcome: ['denied'],
    from: '2026-06-04T00:00:00Z',
  };
  for (const [name, value] of Object.entries(wanted)) {
    const found = await reports.records({ [name]: value });
    expect([name, found.items.map(({ event_id }) => event_id)]).toEqual([name, ['e-9']]);
    expect([name, (await reports.usage({ by: [], [name]: value }))[0]?.count]).toEqual([name, 1]);
  }
  expect((await reports.records({ stream: ['control'] })).items).toEqual([]);
});

test('a record is found by its id and reads as the view says', async () => {
  const { reports, project } = await openTrail();
  await project([accessEvent('e-1', { sequence: 4 })]);
  const found = await reports.record('access.0.0');
  expect(found).toMatchObject({
    id: 'access.0.0',
    type: ACCESS_TYPE,
    time: '2026-05-31T14:00:00.123456Z',
    appended_at: '2026-05-31T14:00:00.000Z',
    sequence: 4,
    source_epoch: '7',
    refs: { contract: 'C-1', ticket: 'T-1' },
    counted: true,
    segment: 'segments/access/00000/00000000000000000000.jsonl.zst',
    verdict: { outcome: 'conforming', policy: { source_sha256: 'b'.repeat(64) } },
  });
  expect(await reports.record('access.0.1')).toBeUndefined();
  expect(await reports.record("access.0.0' OR 1")).toBeUndefined();
});

test('a value with quotes, backslashes or tabs is a value, never SQL', async () => {
  const { reports, project } = await openTrail();
  await project([accessEvent('e-1')]);
  for (const value of ["x' OR 1=1 --", 'a\\', 'tab\there', "']) OR (1=1"]) {
    expect((await reports.records({ subject: [value] })).items).toEqual([]);
    expect((await reports.records({ field: [value, 'basic.name'] })).items).toHaveLength(1);
  }
});

test('a query over its limit says so', async () => {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const messages = Array.from({ length: 50 }, (_, i) => accessEvent(`e-${i}`));
  await insertSegment(warehouse.client, await readySegment(await commit(messages)), { mayBeThere: false });
  const reports = createReports(warehouse, { rows: 10 });
  await expect(reports.records({ limit: 40 })).rejects.toMatchObject({ code: 'LIMIT' });
  await expect(reports.records({ limit: 5 })).resolves.toMatchObject({ items: { length: 5 } });
});

test('the frontier ends before the first hole', async () => {
  const warehouse = await bench.newWarehouse();
  const { commit } = bench.newLedger();
  const segments = [];
  for (let i = 0; i < 4; i++) segments.push(await commit([accessEvent(`e-${i}`)]));
  const reports = createReports(warehouse);
  for (const i of [0, 1, 3])
    await insertSegment(warehouse.client, await readySegment(segments[i]!), { mayBeThere: false });
  expect(await reports.frontier()).toMatchObject([{ stream: 'access', partition: 0, to: 1 }]);
  await insertSegment(warehouse.client, await readySegment(segments[2]!), { mayBeThere: false });
  expect(await reports.frontier()).toMatchObject([{ to: 3 }]);
  expect(await reports.totals()).toMatchObject([
    { stream: 'access', segments: 4, records: 4, conforming: 4 },
  ]);
});

test('clause counts follow the counting rule', async () => {
  const { reports, project } = await openTrail();
  await project([accessEvent('a')], { partition: 0 });
  await project([accessEvent('a')], { partition: 1 });
  expect(await reports.clauseCounts({ id: 'test-policy', version: '1' })).toEqual([
    { clause: 'C2-P02', count: 1, violations: 0, undetermined: 0 },
    { clause: 'C3-G1', count: 1, violations: 0, undetermined: 0 },
  ]);
});
