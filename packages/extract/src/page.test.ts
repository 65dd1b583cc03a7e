// SPDX-License-Identifier: Apache-2.0
// verify.html in a real browser, from disk, without network.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openVerifyPage, type VerifyPage } from './chromium.testing.ts';
import { buildVerifyPage, createExtract } from './index.ts';
import { bytesOf, eventText, openTestTrail, type TestTrail } from './trail.testing.ts';
import { openExtract } from './verify/index.ts';

let trail: TestTrail;
let browser: VerifyPage;
let file: string;
beforeAll(async () => {
  trail = await openTestTrail();
  await trail.commit([eventText('a-0'), eventText('a-1', { purpose: 'no_such_purpose' })]);
  const deps = { ...trail, log: await trail.log(), page: await buildVerifyPage() };
  file = join(trail.dir, 'extract.zip');
  await createExtract({ kind: 'records', from: '2026-05-01T00:00:00Z', case: 'case-7' }, file, deps);
  const extract = await openExtract(bytesOf(await readFile(file)));
  const page = join(trail.dir, 'verify.html');
  await writeFile(page, await extract.text('verify.html'));
  browser = await openVerifyPage(page);
});
afterAll(async () => {
  await browser?.close();
  await trail?.close();
});

it('verifies the extract that it came with', async () => {
  const { heading, text } = await browser.verify({ file, key: trail.vkey });
  expect(heading).toContain('検証できた');
  expect(text).toContain('case-7');
  expect(browser.complaints).toEqual([]);
});

it('does not take the key from the extract', async () => {
  const { heading, codes } = await browser.verify({ file });
  expect(heading).toContain('鍵を除き');
  expect(codes).toEqual(['unpinned']);
});

it('sends nothing, and can run no other code', async () => {
  const policy = await browser.page.getAttribute('meta[http-equiv]', 'content');
  expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[^']+'/);
  const html = await browser.page.content();
  expect(
    html.match(/.{0,40}(?:from"node:|\bfetch\(|XMLHttpRequest|WebSocket|<link|src=).{0,40}/g),
  ).toBeNull();
});
