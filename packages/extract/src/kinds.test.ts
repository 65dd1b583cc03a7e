// SPDX-License-Identifier: Apache-2.0
// The kinds of extract: what each shows, from real records and the registers of the policy that comes along.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createExtract, type ExtractAsk } from './index.ts';
import { japaneseDay } from './render/japanese-day.ts';
import { APPENDED_AT, bytesOf, eventText, openTestTrail } from './trail.testing.ts';
import { openExtract, verifyExtract } from './verify/index.ts';

const trail = await openTestTrail();
afterAll(() => trail.close());
const provide = (id: string, recipient: object, data: object = {}) =>
  eventText(id, { operation: 'provide', recipient, ...data });
await trail.commit([
  eventText('a-0', { subject: { ref: 'K-7' } }),
  provide('a-1', { category: 'retail_electricity_supplier', id: 'retailer-a' }, { subject: { ref: 'K-7' } }),
  provide('a-2', { category: 'unheard_of' }, { provision: { basis: 'consent' } }),
  eventText('a-3', {
    operation: 'receive',
    provider: { id: 'retailer-a' },
    acquisition: { method: 'switching' },
  }),
  eventText('a-4', { operation: 'receive', provider: { id: 'nobody' } }),
]);
await trail.commit([eventText('b-0', {}, '2026-06-10T00:00:00Z')], {
  appendedAt: APPENDED_AT + 30 * 24 * 3_600_000,
});
const log = await trail.log();

async function make(ask: Partial<ExtractAsk> & Pick<ExtractAsk, 'kind'>) {
  const path = join(trail.dir, 'kind.zip');
  const page = Buffer.from('<!doctype html>');
  const from = '2026-06-01T00:00:00+09:00';
  const manifest = await createExtract({ from, to: '2026-06-02T00:00:00+09:00', ...ask }, path, {
    ...trail,
    log,
    page,
  });
  const file = bytesOf(await readFile(path));
  expect((await verifyExtract(file, { logKey: trail.vkey })).faults).toEqual([]);
  const extract = await openExtract(file);
  const [ja, en] = [await extract.text('summary.ja.html'), await extract.text('summary.en.html')];
  return { manifest, ja, en, records: await extract.text('records.jsonl') };
}

it('records: the summary is for A4 paper, in both languages, with Japanese years beside ISO days', async () => {
  const { ja, en } = await make({ kind: 'records', case: 'case-7' });
  expect(ja).toContain('令和8年6月1日（2026-06-01）00:00:00');
  for (const page of [ja, en]) {
    expect(page).toMatch(/@page \{ size: A4;.*counter\(page\) " \/ " counter\(pages\)/);
    expect(page).toContain('case-7');
  }
});

it('subject: one person, in plain words, no word of the staff', async () => {
  const { manifest, ja, records } = await make({ kind: 'subject', filter: { subject: ['K-7'] } });
  expect(manifest).toMatchObject({
    complete: 'proven',
    counts: { matching: 2 },
    request: { staff: 'hidden' },
  });
  expect(ja).toMatch(/提供[\s\S]*小売電気事業者/);
  expect(ja + records).not.toMatch(/E-100|operator/);
});

it('provision: joint use stands apart, and with Art. 29 records when its clause is defective', async () => {
  const partOne = (page: string) => page.slice(page.indexOf('<h2>第一部'), page.indexOf('<h2>第二部'));
  const valid = await make({ kind: 'provision' });
  expect(valid.manifest).toMatchObject({ complete: 'proven', counts: { matching: 2, shown: 2 } });
  expect(partOne(valid.ja)).toContain('access.0.2');
  expect(partOne(valid.ja)).toContain('本人の同意');
  expect(partOne(valid.ja)).not.toContain('見本 retailer-a');
  const defective = await make({ kind: 'provision', joint_use: 'defective' });
  expect(partOne(defective.ja)).toContain('見本 retailer-a／見本の所在地／見本の代表者');
});

it('receipt: provider, how it was acquired, and what is missing', async () => {
  const { ja, manifest } = await make({ kind: 'receipt' });
  expect(manifest).toMatchObject({ complete: 'stated', counts: { matching: 2 } });
  expect(ja).toContain('2件のうち1件は、第30条の記録事項に不足がある');
  expect(ja).toMatch(/見本 retailer-a[\s\S]*switching/);
  expect(ja).toContain('【記録なし】');
});

it('joint-use: user by purpose by group, with what lies outside', async () => {
  const { ja } = await make({ kind: 'joint-use' });
  expect(ja).toMatch(/小売電気事業者<\/td><td>[^<]+<\/td><td>[^<]+<\/td><td class="n">1/);
});

it('supervision: entrustees alone', async () => {
  const { ja } = await make({ kind: 'supervision' });
  expect(ja).toContain('委託先ごとの状況');
  expect(ja).not.toContain('見本 retailer-a');
});

it('Japanese years begin with the first day of an era', () => {
  const day = (text: string) => japaneseDay(Date.parse(`${text}T00:00:00+09:00`));
  expect(['2019-04-30', '2019-05-01', '1989-01-07', '1989-01-08'].map(day)).toEqual([
    '平成31年4月30日',
    '令和元年5月1日',
    '昭和64年1月7日',
    '平成元年1月8日',
  ]);
});
