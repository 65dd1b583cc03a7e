// SPDX-License-Identifier: Apache-2.0
// The built page in a real browser: what a reader sees and does. The API before it is a fake, named as such.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from './chromium.ts';
import { openPage } from './open-page.ts';
import { sampleRecords } from './sample-records.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

const records = sampleRecords(640);
const counted = records.filter(record => record.verdict && record.counted);
const cellOf = (page: Page, label: RegExp) => page.locator('.matrix').getByRole('button', { name: label });
// Two cores may be busy with other work: a condition gets time, and never a fixed wait.
const eventually = <T>(ask: () => T) => expect.poll(ask, { timeout: 20_000 });
const rows = (page: Page) => page.locator('.records tbody tr');

test('the code opens a session once and leaves the address', async () => {
  await using opened = await openPage(browser);
  const { page, api } = opened;
  await rows(page).first().waitFor();
  expect(new URL(page.url()).search).toBe('');
  expect(api.asked[0]).toBe('/v1/session');
  await page.reload();
  await rows(page).first().waitFor();
  expect(api.asked.filter(path => path === '/v1/session')).toHaveLength(1);
  expect(opened.complaints).toEqual([]);
});

test('the matrix shows what was recorded: cells, violations and totals', async () => {
  await using opened = await openPage(browser);
  const { page } = opened;
  const marketing = counted.filter(record => record.purpose === 'direct_marketing');
  const tally = (kind: string) => marketing.filter(record => record.verdict?.outcome === kind).length;
  const [violations, undetermined] = [tally('violation'), tally('undetermined')];
  expect(violations > 0 && undetermined > 0).toBe(true);
  const label = `アクセス ${marketing.length} 件、違反 ${violations} 件、要確認 ${undetermined} 件`;
  const cell = cellOf(page, new RegExp(`商品・サービスのご案内 × メールアドレス: ${label}`));
  await cell.waitFor();
  const numbers = await cell.locator('[aria-hidden=true]').allInnerTexts();
  expect(numbers.join(' ').trim().split(/\s+/).map(Number)).toEqual([
    marketing.length,
    violations,
    undetermined,
  ]);
  await cellOf(page, new RegExp(`^商品・サービスのご案内 の合計: ${label}`)).waitFor();
  await cellOf(page, new RegExp(`^期間全体 の合計: アクセス ${counted.length} 件`)).waitFor();
  const purposes = await page.locator('.matrix tbody th small').allInnerTexts();
  expect(purposes).toEqual([...purposes.slice(0, -1).sort(), 'ポリシーに記載なし']);
});

test('the literal reading counts anew', async () => {
  await using opened = await openPage(browser);
  const { page } = opened;
  const undetermined = page.locator('.summary .undetermined dd');
  await undetermined.waitFor();
  await page.getByRole('button', { name: '文言どおり' }).click();
  await undetermined.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?mode=literal');
});

test('a cell filters the records, by mouse and by keyboard, and again lets go', async () => {
  await using opened = await openPage(browser);
  const { page, api } = opened;
  const fits = counted.filter(({ purpose }) => purpose === 'registration_update').length;
  const cell = cellOf(page, /^登録内容の変更 × 住所/);
  await cell.click();
  await eventually(() => rows(page).count()).toBe(fits);
  expect(api.asked.at(-1)).toMatch(/^\/v1\/records\?.*purpose=registration_update&field=basic.address/);
  await page.keyboard.press('ArrowUp');
  expect(await page.locator(':focus').textContent()).toMatch(/^停電・災害時の設備調査 × 住所/);
  await page.keyboard.press('Enter');
  await eventually(() => new URL(page.url()).searchParams.get('purpose')).toBe('outage_investigation');
  await page.keyboard.press('Enter');
  await eventually(() => new URL(page.url()).search).toBe('');
  await eventually(() => rows(page).count()).toBe(49);
});

test('a verdict filters, and the chosen record says why', async () => {
  await using opened = await openPage(browser, { locale: 'en-GB' });
  const { page } = opened;
  await page.getByRole('button', { name: 'Violation', exact: true }).click();
  const expected = records.filter(record => record.verdict?.outcome === 'violation' && record.counted);
  await eventually(() => rows(page).count()).toBe(expected.length);
  await rows(page).first().getByRole('button').press('Enter');
  const detail = page.locator('article.detail');
  await detail.waitFor();
  const text = (await detail.allInnerTexts()).join(' ').replaceAll(/\s+/g, ' ');
  const record = expected[0]!;
  expect(text).toContain('No clause of the policy allows this use.');
  expect(text).toContain('C3-G1 Basic items of the joint use · source lines 52–53');
  expect(text).toContain('astmax-energy, version 2024-04-01');
  for (const stated of [record.actor, record.subject, record.id, record.refs.ticket!, 'New (in sequence)']) {
    expect(text).toContain(stated);
  }
  await page.getByRole('button', { name: '日本語' }).click();
  await detail.getByText('この利用は、ポリシーのどの条項でも認められていません。').waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('ja');
});

test('the list grows on demand, and marks sample data, re-deliveries and bytes that are no event', async () => {
  await using opened = await openPage(browser);
  const { page } = opened;
  await eventually(() => rows(page).count()).toBe(49);
  await page.getByRole('button', { name: 'さらに表示' }).click();
  await eventually(() => rows(page).count()).toBe(99);
  const shown = records.slice(0, 100);
  const samples = shown.filter(({ source }) => source.startsWith('/sample/')).length;
  expect(await rows(page).getByText('サンプル', { exact: true }).count()).toBe(samples);
  expect(await rows(page).getByText('再配信', { exact: true }).count()).toBe(1);
  expect(await rows(page).getByText('読み取り不能', { exact: true }).count()).toBe(1);
  await page.getByRole('button', { name: '表示する' }).click();
  await eventually(() => rows(page).count()).toBe(100);
});

test('new records appear each 5 seconds, and not while paused', async () => {
  await using opened = await openPage(browser, { records: records.slice(10) });
  const { page, api } = opened;
  await rows(page).first().waitFor();
  const count = await rows(page).count();
  api.records = records.slice(9);
  await page.clock.runFor(5_100);
  await eventually(() => rows(page).count()).toBe(count + 1);
  await page.getByRole('button', { name: /一時停止/ }).click();
  api.records = records;
  const asked = () => api.asked.filter(path => path.startsWith('/v1/records')).length;
  const before = asked();
  await page.clock.runFor(25_000);
  expect(asked()).toBe(before);
  await page.getByRole('button', { name: /再開/ }).click();
  await page.clock.runFor(5_100);
  await eventually(asked).toBe(before + 1);
});

test('an empty period says so, and "all" still shows the vocabulary', async () => {
  await using opened = await openPage(browser, { records: [] });
  const { page } = opened;
  await page.getByText('この期間に、アクセスの記録はありません。').waitFor();
  await page.getByText('条件に合う記録はありません。').waitFor();
  await page.getByLabel('使われていない利用目的と項目も表示').check();
  await eventually(() => page.locator('.matrix tbody tr').count()).toBe(21);
  expect(await page.locator('.matrix .fields th').count()).toBe(31);
});

test('the period is whole days of Tokyo, half-open; an impossible one asks nothing', async () => {
  await using opened = await openPage(browser);
  const { page, api } = opened;
  await page.getByRole('button', { name: '今日' }).click();
  const asked = 'from=2026-11-20T00%3A00%3A00%2B09%3A00&to=2026-11-21T00%3A00%3A00%2B09%3A00';
  await eventually(() => api.asked.at(-1)).toContain(asked);
  await page.getByRole('button', { name: '期間を指定' }).click();
  await page.getByLabel('最初の日').fill('2026-11-21');
  await page.getByText('最初の日は、最後の日と同じか').waitFor();
  expect(api.asked.filter(path => path.includes('from=2026-11-21'))).toEqual([]);
});
