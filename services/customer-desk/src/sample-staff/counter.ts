// SPDX-License-Identifier: Apache-2.0
// One signed-in member of the sample staff, and what they can do on the pages.
import type { CaseKind } from '../cases.ts';
import { createBrowser, type Page } from './browser.ts';

export interface Counter {
  /** What is done next belongs to a new case. */
  openCase(kind: CaseKind): Promise<void>;
  open(path: string): Promise<void>;
  find(asked: string): Promise<void>;
  /** Says that the case is about this customer, who was found just now. */
  handle(number: string): Promise<void>;
  /** Opens a page about a customer: the overview, or `contract`, `usage`, `address`, `note`, `notes`. */
  look(number: string, way?: string): Promise<void>;
  /** Fills in the form of the page that is open. */
  send(action: string, values: Record<string, string>, expected?: number): Promise<void>;
  closeCase(): Promise<void>;
}

/** Signs in over HTTP like anybody. Every step throws when the desk answers other than expected. */
export async function openCounter(base: string, id: string, password: string): Promise<Counter> {
  const browser = createBrowser(base, { 'user-agent': 'sample staff' });
  let caseId: string | undefined;
  let page = await browser.open('/login');

  const arrive = (next: Page, expected = 200) => {
    // Path and status only: a query may hold a name.
    if (next.status !== expected)
      throw new Error(`the desk answered ${next.status} at ${next.path.split('?')[0]}, expected ${expected}`);
    page = next;
  };
  const withCase = (path: string, query: Record<string, string> = {}) => {
    const all = new URLSearchParams(caseId === undefined ? query : { ...query, case: caseId });
    return all.size === 0 ? path : `${path}?${all}`;
  };
  const send: Counter['send'] = async (action, values, expected) =>
    arrive(await browser.submit(page, action, values), expected);

  await send('/login', { id, password });
  return {
    async openCase(kind) {
      arrive(await browser.open('/'));
      await send('/cases', { kind });
      caseId = new URL(page.path, base).searchParams.get('case') ?? undefined;
    },
    open: async path => arrive(await browser.open(path)),
    find: async asked => arrive(await browser.open(withCase('/', { q: asked }))),
    handle: number => send(`/cases/${caseId}/customer`, { number }),
    look: async (number, way) =>
      arrive(await browser.open(withCase(`/customers/${number}${way === undefined ? '' : `/${way}`}`))),
    send,
    async closeCase() {
      await send(`/cases/${caseId}/close`, {});
      caseId = undefined;
    },
  };
}
