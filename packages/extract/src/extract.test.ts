// SPDX-License-Identifier: Apache-2.0
// From committed segments to a file and back: what is asked is there, nothing else is, and it verifies.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createExtract, type ExtractAsk } from './index.ts';
import { APPENDED_AT, bytesOf, eventText, openTestTrail } from './trail.testing.ts';
import { openExtract, verifyExtract } from './verify/index.ts';

const page = Buffer.from('<!doctype html>');
const trail = await openTestTrail();
afterAll(() => trail.close());

await trail.commit([
  eventText('a-0'),
  eventText('a-1', { subject: { ref: 'K-2' }, actor: { id: 'E-200', type: 'user' } }),
  '{"no json',
  eventText('a-3', { purpose: 'no_such_purpose' }),
  JSON.stringify(JSON.parse(eventText('a-4')), null, 1),
  eventText('a-5', { subject: undefined, population: { count: 1000 } }),
  eventText('a-6', { memo: 'told in confidence', purpose: 'not a word' }),
]);
await trail.commit([eventText('b-0', { subject: { ref: 'K-3' } })], {
  partition: 1,
  appendedAt: APPENDED_AT + 5000,
});
await trail.commit(
  [
    eventText('c-0', {}, '2026-07-01T00:00:00Z'),
    eventText('c-1', { subject: { ref: 'K-9' } }, '2026-07-01T00:00:01Z'),
  ],
  { appendedAt: Date.parse('2026-07-01T00:00:00Z') },
);
await trail.commit([eventText('d-0', { subject: { ref: 'K-3' } }, '2026-07-01T00:00:00Z')], {
  partition: 1,
  appendedAt: Date.parse('2026-07-01T00:00:05Z'),
});
const log = await trail.log();
const ask: ExtractAsk = {
  kind: 'records',
  from: '2026-06-01T00:00:00+09:00',
  to: '2026-07-01T00:00:00+09:00',
};

async function make(more: Partial<ExtractAsk>, name = 'extract.zip') {
  const path = join(trail.dir, name);
  const manifest = await createExtract({ ...ask, ...more }, path, { ...trail, log, page });
  const bytes = await readFile(path);
  const extract = await openExtract(bytesOf(bytes));
  const ids = (await extract.text('records.jsonl'))
    .split('\n')
    .flatMap(line => /^\{"id":"([^"]+)"/.exec(line)?.[1] ?? []);
  return {
    manifest,
    bytes,
    extract,
    ids,
    verification: await verifyExtract(bytesOf(bytes), { logKey: trail.vkey }),
  };
}

describe('an extract of records', () => {
  it('holds every record of the period, and verifies', async () => {
    const { manifest, ids, verification, extract } = await make({});
    expect(verification).toMatchObject({ ok: true, faults: [], log: { pinned: true } });
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6].map(n => `access.0.${n}`).concat('access.1.0'));
    expect(manifest).toMatchObject({
      complete: 'proven',
      counts: { shown: 8, matching: 8, hidden: 0, segments: 2 },
    });
    expect((await extract.text('records.csv')).split('\r\n')).toHaveLength(10);
    expect((await extract.text('records.jsonl')).includes('told in confidence')).toBe(false);
  });

  it('finds a person by the index, with what cannot be told from them', async () => {
    const { manifest, ids, verification } = await make({ filter: { subject: ['K-2'] } });
    expect(verification.faults).toEqual([]);
    expect(ids).toEqual(['access.0.1', 'access.0.2', 'access.0.5']);
    expect(manifest.counts).toMatchObject({ matching: 1, unattributed: 2, hidden: 5, segments: 2 });
  });

  it('proves that a person is in no record', async () => {
    const { manifest, ids, verification } = await make({
      filter: { subject: ['K-404'], verdict: ['violation'] },
    });
    expect(verification.faults).toEqual([]);
    expect([ids, manifest.counts.matching]).toEqual([['access.0.2', 'access.0.5'], 0]);
  });

  it('finds a member of staff, named or not', async () => {
    for (const staff of ['named', 'hidden'] as const) {
      const { manifest, verification, extract } = await make({ filter: { actor: ['E-200'] }, staff });
      expect(verification.faults).toEqual([]);
      expect(manifest.counts.matching).toBe(1);
      expect((await extract.text('records.jsonl')).includes('E-200')).toBe(staff === 'named');
    }
  });

  it('says where only its maker’s word stands', async () => {
    const { manifest, ids, verification } = await make({ filter: { purpose: ['no_such_purpose'] } });
    expect(verification.faults).toEqual([]);
    expect(ids).toEqual(['access.0.3']);
    expect(manifest).toMatchObject({ complete: 'stated', counts: { hidden: 7 } });
  });

  it('counts what is withheld', async () => {
    const withhold = { ground: 'order-7', purpose: ['no_such_purpose'] };
    const { manifest, verification, ids } = await make({ filter: { subject: ['K-1'] }, withhold });
    expect(verification.faults).toEqual([]);
    expect(ids).not.toContain('access.0.3');
    expect(manifest.counts.withheld).toBe(1);
  });

  it('is the same bytes when made again, and ends where the log does', async () => {
    const first = await make({ to: undefined }, 'one.zip');
    const second = await make({ to: '2027-01-01T00:00:00Z' }, 'two.zip');
    expect(first.bytes.equals(second.bytes)).toBe(true);
    expect(first.manifest.request.to).toBe('2026-07-01T00:00:00.001Z');
    expect(first.verification.faults).toEqual([]);
  });

  it('refuses a period that the log does not reach, and a request that cannot be', async () => {
    await expect(make({ from: '2026-08-01T00:00:00Z', to: undefined })).rejects.toMatchObject({
      code: 'NOT_REACHED',
    });
    await expect(make({ to: '2026-05-01T00:00:00Z' })).rejects.toMatchObject({ code: 'REQUEST' });
    await expect(make({ kind: 'subject' })).rejects.toMatchObject({ code: 'REQUEST' });
  });
});
