// SPDX-License-Identifier: Apache-2.0
// The completeness panel in a real browser: asked on request, every gap in the reader's language, its proofs named.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from './chromium.ts';
import { openPage } from './open-page.ts';
import { sampleStatement } from './sample-completeness.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

test('nothing is asked before somebody wants to know; then gaps, systems and sources with their proofs', async () => {
  const script = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await using opened = await openPage(browser, { script });
  const { page, api } = opened;
  const panel = page.locator('#completeness');
  await panel.waitFor();
  const asked = () => api.asked.filter(path => path.startsWith('/v1/completeness'));
  expect(asked()).toEqual([]);
  await panel.getByRole('button', { name: '期間を確かめる' }).click();
  await panel.getByText('欠け、または確かめられないことが 1 件あります。').waitFor();
  expect(await panel.getByRole('row').filter({ hasText: '/billing/1 epoch 3' }).textContent()).toContain(
    '番号 77が届いていません。',
  );
  expect(await panel.getByRole('row').filter({ hasText: '料金システム' }).textContent()).toMatch(
    /封印あり[\s\S]*署名された封印/,
  );
  const inaccessible = await page.evaluate(async () => {
    const { axe } = window as unknown as typeof window & { axe: typeof import('axe-core') };
    const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
    const { violations } = await axe.run('#completeness', { runOnly: wcag });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  expect(inaccessible).toEqual([]);
  await page.getByRole('button', { name: 'English' }).click();
  await panel.getByText('number 77 did not arrive').waitFor();
  api.statement = { ...sampleStatement, complete: true, gaps: [] };
  await panel.getByRole('button', { name: 'Check again' }).click();
  await panel.getByText('No gap: the recorded accesses of the covered systems are all there.').waitFor();
  expect(asked()).toHaveLength(2);
  expect(opened.complaints).toEqual([]);
});
