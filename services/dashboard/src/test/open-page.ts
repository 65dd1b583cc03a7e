// SPDX-License-Identifier: Apache-2.0
import type { RecordView } from '@ashiato/schema';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildDashboard } from '../server/index.ts';
import { type FakeApi, startFakeApi } from './fake-api.ts';
import { NOW, sampleRecords } from './sample-records.ts';

export interface OpenPage {
  page: Page;
  api: FakeApi;
  /** Errors and policy violations the browser told so far. */
  complaints: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface Choices extends BrowserContextOptions {
  records?: RecordView[];
  prepare?(api: FakeApi): void;
  /** The address's search part; signs in by default. */
  search?(api: FakeApi): string;
  script?: string;
}

/** The built page before a fake API, in a browser of its own profile whose clock stands at NOW and obeys. */
export async function openPage(browser: Browser, choices: Choices = {}): Promise<OpenPage> {
  const { records = sampleRecords(640), prepare, search, script, ...options } = choices;
  const api = await startFakeApi(await buildDashboard(), records);
  prepare?.(api);
  const context = await browser.newContext({
    locale: 'ja-JP',
    viewport: { width: 1440, height: 1000 },
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', problem => complaints.push(problem.message));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  if (script !== undefined) await page.addInitScript({ content: script });
  await page.clock.install({ time: NOW });
  await page.goto(`${api.origin}/${search ? search(api) : `?code=${api.code}`}`);
  return {
    page,
    api,
    complaints,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await api.close();
    },
  };
}
