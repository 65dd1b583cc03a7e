// SPDX-License-Identifier: Apache-2.0
// What a browser may be made to do, and what it is told.
import { expect, test } from 'vitest';
import { startDesk } from './desk.testing.ts';
import { html } from './html.ts';
import { createBrowser } from './sample-staff/browser.ts';

test('a form is taken only with the token of a page that was shown to the same person', async () => {
  const scene = await startDesk();
  const { browser, page } = await scene.signIn('st-101');
  const bare = { path: '/', status: 200, text: '<form method="post" action="/cases"></form>' };
  const withToken = (token: string) => ({
    ...bare,
    text: bare.text.replace('></form>', `><input type="hidden" name="_csrf" value="${token}"></form>`),
  });
  const other = await scene.signIn('st-102');
  const others = /name="_csrf" value="([^"]*)"/.exec(other.page.text)![1]!;
  for (const forged of [bare, withToken('x'), withToken(others)]) {
    const refused = await browser.submit(forged, '/cases', { kind: 'inquiry' });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('This form has expired.');
  }
  expect((await browser.submit(page, '/cases', { kind: 'inquiry' })).path).toContain('case=T-');
});

test('the session cookie is out of reach of scripts and of other sites; pages allow no script and are not kept', async () => {
  const { address } = await startDesk();
  const page = await fetch(`${address}/login`, { headers: { 'accept-language': 'en' } });
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.getSetCookie().join()).toMatch(/desk_csrf=.*HttpOnly; SameSite=Strict/);
  const text = await page.text();
  expect(text).not.toMatch(/<script|style="|onclick/);
  expect(text).toContain('SAMPLE 見本');
});

test('what was saved is shown as text', async () => {
  const scene = await startDesk();
  scene.database.exec(`update customers set name = '<script>alert("1")</script>' where number = '1001'`);
  const { browser } = await scene.signIn('st-101');
  const page = await browser.open('/customers/1001');
  expect(page.text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  expect(page.text).not.toContain('<script>');
  expect(html`${'<&'}${html`<b>${[1, '"']}</b>`}${undefined}${false}`.text).toBe('&lt;&amp;<b>1&quot;</b>');
});

test('Japanese and English: by the browser, and then as chosen', async () => {
  const { address } = await startDesk();
  const japanese = createBrowser(address, { 'accept-language': 'ja,en;q=0.5' });
  expect((await japanese.open('/login')).text).toContain('<html lang="ja">');
  expect((await japanese.open('/login?lang=en')).text).toContain('Staff number');
  expect((await japanese.open('/login')).text).toContain('<html lang="en">');
  expect((await createBrowser(address, { 'accept-language': 'fr' }).open('/login')).text).toContain(
    '職員番号',
  );
});

test('signing out ends the session, also for whoever kept the cookie', async () => {
  const scene = await startDesk();
  const { browser, page } = await scene.signIn('st-101');
  await browser.submit(page, '/logout', {});
  expect((await browser.open('/')).path).toBe('/login');
  expect(
    (await browser.submit(page, '/cases', { kind: 'inquiry' }).catch(() => undefined))?.path,
  ).not.toContain('case=');
});

test('what does not exist is a page too', async () => {
  const scene = await startDesk();
  const { browser } = await scene.signIn('st-101');
  for (const path of [
    '/customers/9',
    '/customers/9/contract',
    '/customers/9/usage',
    '/customers/9/address',
    '/customers/9/note',
  ]) {
    expect((await browser.open(path)).status, path).toBe(404);
  }
  expect((await browser.open('/nothing')).status).toBe(404);
  expect(await (await fetch(`${scene.address}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${scene.address}/readyz`)).status).toBe(200);
  await scene.trail.close();
  expect((await fetch(`${scene.address}/readyz`)).status).toBe(503);
});
