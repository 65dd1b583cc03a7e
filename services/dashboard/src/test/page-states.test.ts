// SPDX-License-Identifier: Apache-2.0
// The built page when things are not as usual: no session, a small role, a failing API; and for every reader.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.ts';
import { openPage } from './open-page.ts';

let browser: Browser;
let axeSource: string;
beforeAll(async () => {
  browser = await startChromium();
  axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
});
afterAll(() => browser?.close());

test('without a session the page says how to get the address, and asks no more', async () => {
  await using opened = await openPage(browser, { search: () => '' });
  const { page, api } = opened;
  await page.getByText('ashiato start').waitFor();
  expect(await page.getByText('すでに使われたか').count()).toBe(0);
  const asked = api.asked.length;
  await page.clock.runFor(90_000);
  expect(api.asked.length).toBe(asked);
});

test('a used code is told as such and leaves the address', async () => {
  await using opened = await openPage(browser, { search: () => '?code=used-before&period=30d' });
  const { page } = opened;
  await page.getByText('このアドレスはすでに使われたか、期限が切れています。').waitFor();
  expect(new URL(page.url()).search).toBe('?period=30d');
});

test('a viewer sees the matrix, and is told about the records', async () => {
  const prepare = (api: { role: string }) => {
    api.role = 'viewer';
  };
  await using opened = await openPage(browser, { prepare });
  const { page, api } = opened;
  await page.getByText('記録の閲覧には「調査担当者」以上の権限が必要です。').waitFor();
  await page.locator('.matrix tbody tr').first().waitFor();
  await page.clock.runFor(60_000);
  expect(api.asked.filter(path => path.startsWith('/v1/records'))).toHaveLength(1);
});

test('a failing API is told with its own words; what was read stays, and trying again helps', async () => {
  await using opened = await openPage(browser, { locale: 'en-GB' });
  const { page, api } = opened;
  await page.locator('.records tbody tr').first().waitFor();
  api.broken = {
    status: 503,
    code: 'warehouse_down',
    title: 'not now',
    detail: 'the warehouse does not answer',
  };
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  const alert = page.locator('#matrix [role=alert]');
  await alert.getByText('not now: the warehouse does not answer (503)').waitFor();
  expect(await page.locator('.matrix tbody tr').count()).toBeGreaterThan(5);
  api.broken = null;
  await alert.getByRole('button', { name: 'Try again' }).click();
  await alert.waitFor({ state: 'detached' });
});

test('a session that ends leads to the sign-in notice', async () => {
  await using opened = await openPage(browser);
  const { page } = opened;
  await page.locator('.matrix').waitFor();
  await page.context().clearCookies();
  await page.locator('.records tbody tr').first().waitFor();
  await page.clock.runFor(5_100);
  await page.getByRole('heading', { name: 'サインインしてください' }).waitFor();
});

test('answers of another shape end in words, not in a blank page', async () => {
  const prepare = (api: { policy: object }) => {
    api.policy = { fields: 'not a list' };
  };
  await using opened = await openPage(browser, { prepare });
  await opened.page.getByText('The page could not be shown. Please reload it.').waitFor();
  expect(opened.complaints).not.toEqual([]);
});

test('the content security policy is in force, and the page keeps it', async () => {
  await using opened = await openPage(browser);
  const { page, complaints } = opened;
  await page.locator('.records tbody tr').first().click();
  await page.locator('article.detail').waitFor();
  expect(complaints).toEqual([]);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.body.append(script);
  });
  expect(await page.title()).toBe('足跡 Ashiato');
  await expect.poll(() => complaints.join(), { timeout: 20_000 }).toMatch(/Content Security Policy/);
});

/** Serious and critical findings as short lines; empty when all is well. */
async function seriousIssues(page: Page, within = 'html'): Promise<string[]> {
  return page.evaluate(async within => {
    const { axe } = window as unknown as typeof window & { axe: typeof import('axe-core') };
    const { violations } = await axe.run(within, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(node => `${id}: ${node.html.slice(0, 160)}`));
  }, within);
}

const LOOKS = ['ja-JP', 'en-GB'].flatMap(locale =>
  (['light', 'dark'] as const).flatMap(colorScheme =>
    [1440, 360].map(width => ({ locale, colorScheme, viewport: { width, height: 800 } })),
  ),
);

describe.each(LOOKS)('$locale $colorScheme $viewport.width', look => {
  test('no serious issue for anyone, no sideways scrolling', async () => {
    await using opened = await openPage(browser, { ...look, script: axeSource });
    const { page } = opened;
    await page.locator('.records tbody tr').first().waitFor();
    expect(await seriousIssues(page)).toEqual([]);
    await page.locator('.records tr:has(.undetermined) button').first().click();
    await page.locator('article.detail').waitFor();
    expect(await seriousIssues(page, 'article.detail')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.viewport.width);
  });
});

test('the check for issues finds one that is put there', async () => {
  await using opened = await openPage(browser, { script: axeSource });
  const { page } = opened;
  await page.locator('.records tbody tr').first().waitFor();
  await page.evaluate(() => document.querySelector('select')!.removeAttribute('aria-label'));
  expect((await seriousIssues(page)).join()).toMatch(/^select-name/);
});
