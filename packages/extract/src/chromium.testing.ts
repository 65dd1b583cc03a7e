// SPDX-License-Identifier: Apache-2.0
// For tests: `verify.html` opened from disk in a real browser, as an auditor would.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

export interface PageVerdict {
  heading: string;
  /** Codes of the faults, in their order. */
  codes: string[];
  text: string;
}

export interface VerifyPage {
  page: Page;
  verify(files: { file: string; key?: string; previous?: string }): Promise<PageVerdict>;
  /** What the page's own policy refused it, and errors: none, if all is well. */
  complaints: string[];
  close(): Promise<void>;
}

export async function openVerifyPage(path: string): Promise<VerifyPage> {
  if (!existsSync(CHROMIUM)) throw new Error(`expected ${CHROMIUM}, found none: apt-get install -y chromium`);
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', error => void complaints.push(String(error)));
  await page.goto(pathToFileURL(path).href);
  return {
    page,
    complaints,
    async verify({ file, key, previous }) {
      await page.setInputFiles('#file', file);
      await page.setInputFiles('#previous', previous === undefined ? [] : previous);
      await page.fill('#key', key ?? '');
      await page.click('#verify');
      await page.waitForSelector('#result h2');
      const heading = (await page.textContent('#result h2')) ?? '';
      const places = await page.locator('#result code').allTextContents();
      return {
        heading,
        codes: places.map(text => text.split(' ')[0]!),
        text: (await page.textContent('#result')) ?? '',
      };
    },
    close: () => browser.close(),
  };
}
