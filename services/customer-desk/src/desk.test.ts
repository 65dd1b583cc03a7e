// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { judge, PASSWORD, type Scene, startDesk } from './desk.testing.ts';
import { createBrowser } from './sample-staff/browser.ts';

/** Opens a case of this kind and says that it is about customer 1001. */
async function inCase(scene: Scene, kind: string, staff = 'st-101') {
  const { browser, page } = await scene.signIn(staff);
  const opened = await browser.submit(page, '/cases', { kind });
  const id = new URL(opened.path, scene.address).searchParams.get('case')!;
  const found = await browser.open(`/?q=1001&case=${id}`);
  const overview = await browser.submit(found, `/cases/${id}/customer`, { number: '1001' });
  return { browser, id, overview };
}

test('nobody sees anything before signing in; a wrong password is told without saying which was wrong', async () => {
  const { address, recorded } = await startDesk();
  const browser = createBrowser(address, { 'accept-language': 'en' });
  for (const path of ['/', '/customers/1001', '/customers/1001/usage', '/export']) {
    expect((await browser.open(path)).path).toBe('/login');
  }
  const page = await browser.open('/login');
  const wrong = await browser.submit(page, '/login', { id: 'st-101', password: 'x' });
  const unknown = await browser.submit(page, '/login', { id: 'st-999', password: PASSWORD });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  for (const { text } of [wrong, unknown])
    expect(text).toContain('The staff number or the password is wrong.');
  expect(await recorded()).toEqual([]);
});

test('a case is the purpose and the reference of everything read in it', async () => {
  const scene = await startDesk();
  const { id, overview } = await inCase(scene, 'inquiry');
  expect(overview.text).toContain('k1001@example.jp');
  const [search, read] = await scene.recorded();
  const common = {
    actor: { id: 'st-101', org: 'customer-desk', role: 'desk_clerk' },
    business: 'electricity',
  };
  const subject = { ref: scene.trail.subject('1001') };
  expect(search).toMatchObject({
    ...common,
    subject,
    operation: 'use',
    purpose: 'customer_contact',
    fields: ['basic.name', 'basic.address'],
    lookup: { by: 'number' },
    refs: { ticket: id },
  });
  expect(read).toMatchObject({
    ...common,
    subject,
    fields: [
      'basic.name',
      'basic.address',
      'basic.phone',
      'basic.email',
      'basic.contract_number',
      'customer.contract_details',
    ],
    lookup: { by: 'case' },
    refs: { ticket: id, contract: scene.trail.pseudonym('contract', 'C-1001') },
  });
});

test('a search by name records everybody it shows, and nobody found is recorded too', async () => {
  const scene = await startDesk();
  const { browser } = await scene.signIn('st-101');
  const found = await browser.open(`/?q=${encodeURIComponent('見本 一郎')}`);
  const shown = [...found.text.matchAll(/class="number">(\d+)</g)].map(([, number]) => number!);
  expect(shown.length).toBeGreaterThan(1);
  const recorded = await scene.recorded();
  expect(recorded.map(({ subject }) => subject!.ref)).toEqual(shown.map(scene.trail.subject));
  expect(recorded[0]).toMatchObject({ part: { index: 1, of: shown.length }, lookup: { by: 'name' } });
  // A percent sign is a character like any other, not everybody.
  expect((await browser.open('/?q=%25')).text).toContain('There is no such customer.');
  expect(await scene.recorded()).toMatchObject([{ population: { count: 0 } }]);
});

test('what an operator of the entrusted call centre sees is provided to it', async () => {
  const scene = await startDesk();
  const { id } = await inCase(scene, 'inquiry', 'cc-01');
  for (const data of await scene.recorded()) {
    expect(data).toMatchObject({
      operation: 'provide',
      recipient: { category: 'call_centre', id: 'callcentre-a' },
      refs: { ticket: id, agreement: 'agr-callcentre-a' },
    });
  }
});

test('a case of somebody else, or about somebody else, explains nothing', async () => {
  const scene = await startDesk();
  const { browser, id } = await inCase(scene, 'complaint');
  await browser.open(`/customers/1002?case=${id}`);
  const other = await scene.signIn('st-102');
  const page = await other.browser.open(`/customers/1001?case=${id}`);
  expect(page.text).toContain('No case');
  const [, , ofOther, byOther] = await scene.recorded();
  for (const data of [ofOther, byOther])
    expect(data).toMatchObject({ purpose: 'customer_contact', refs: {} });
});

test('a change of address is recorded, saved, and then provided to the operator of the area under its contract', async () => {
  const scene = await startDesk();
  const { browser, id } = await inCase(scene, 'move');
  const asked = await browser.open(`/customers/1001/address?case=${id}`);
  expect(asked.text).not.toContain('There is no request.');
  const address = '=見本県<b>転居</b>町1-1';
  await browser.submit(asked, '/customers/1001/address', { address, phone: '000-0000-2222' });
  const changed = (await scene.recorded()).at(-2);
  expect(changed).toMatchObject({
    operation: 'update',
    purpose: 'registration_update',
    fields: ['basic.address', 'basic.phone'],
    refs: { request: id },
  });

  const { browser: clerk } = await scene.signIn('st-301');
  const file = await clerk.submit(await clerk.open('/export'), '/export', { area: 'tokyo' });
  expect(file.text.split('\r\n')[1]).toBe(
    '"C-1001","見本 一郎","\'=見本県<b>転居</b>町1-1","00-0000-0000-0000-0000-0000","3 kVA",' +
      `"${new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(new Date())}"`,
  );
  expect(await scene.recorded()).toMatchObject([
    {
      operation: 'provide',
      purpose: 'wheeling_contract',
      subject: { ref: scene.trail.subject('1001') },
      recipient: { category: 'transmission_distribution_operator', id: 'tdso-tokyo', area: 'tokyo' },
      refs: { contract: scene.trail.pseudonym('contract', 'C-1001') },
    },
  ]);
  const again = await clerk.submit(await clerk.open('/export'), '/export', { area: 'tokyo' });
  expect(again.text.split('\r\n')).toHaveLength(2);
});

test('an export that is not allowed is refused, and that it was tried is recorded', async () => {
  const scene = await startDesk();
  const { browser } = await scene.signIn('cc-02');
  const refused = await browser.submit(await browser.open('/export'), '/export', { area: 'kansai' });
  expect(refused.status).toBe(403);
  expect(await scene.recorded()).toMatchObject([{ actor: { id: 'cc-02' }, outcome: 'denied' }]);
});

test('nothing is shown that cannot be recorded', async () => {
  const scene = await startDesk();
  const { browser } = await scene.signIn('st-101');
  await scene.trail.close();
  const page = await browser.open('/customers/1001');
  expect(page.status).toBe(503);
  expect(page.text).toContain('cannot be recorded');
  expect(page.text).not.toContain('k1001@example.jp');
});

test('mode enforce: what the policy refuses is not done; the attempt and its clauses are told', async () => {
  const scene = await startDesk({ mode: 'enforce', policy: judge });
  const { browser, id } = await inCase(scene, 'inquiry');
  const before = scene.database.prepare("select * from customers where number = '1001'").get();
  const asked = await browser.open(`/customers/1001/address?case=${id}`);
  await scene.recorded();
  const refused = await browser.submit(asked, '/customers/1001/address', { address: 'x', phone: '0' });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('C5-a');
  expect(scene.database.prepare("select * from customers where number = '1001'").get()).toEqual(before);
  expect(await scene.recorded()).toMatchObject([{ operation: 'update', outcome: 'denied' }]);
});

test('no data of a customer stands in the trail, whatever was typed', async () => {
  const scene = await startDesk();
  const { browser, id } = await inCase(scene, 'inquiry', 'cc-01');
  const note = await browser.open(`/customers/1001/note?case=${id}`);
  await browser.submit(note, '/customers/1001/note', { text: '見本: <script>alert(1)</script>' });
  const text = JSON.stringify(await scene.recorded());
  for (const value of ['見本', '1001', 'example.jp', '000-0000', 'script']) expect(text).not.toContain(value);
});
