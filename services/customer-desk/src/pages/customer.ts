// SPDX-License-Identifier: Apache-2.0
// One customer: overview, contract, usage.
import type { FastifyInstance } from 'fastify';
import { notice } from '../answer-error.ts';
import type { Desk } from '../desk.ts';
import { type Html, html } from '../html.ts';
import { type Facts, facts, link, sendPage } from '../layout.ts';
import { lookupOf } from '../reads.ts';
import type { Texts } from '../texts/texts.ts';
import type { Visit } from '../visit.ts';

export type OfCustomer = { Params: { number: string } };

type Row = Record<string, unknown>;

/** Pages of names and values, each from one row. */
const FACTS: {
  way: string;
  title: 'overview' | 'contract';
  sql: string;
  rows(texts: Texts, found: Row): Facts;
}[] = [
  {
    way: '',
    title: 'overview',
    sql: `select p.number, p.name, p.address, p.phone, p.email, c.id as contract, c.menu
      from customers p join contracts c on c.customer_number = p.number where p.number = ?`,
    rows: (texts, found) => [
      [texts.name, found.name],
      [texts.address, found.address],
      [texts.phone, found.phone],
      [texts.email, found.email],
      [texts.contractNumber, found.contract],
      [texts.menu, found.menu],
    ],
  },
  {
    way: '/contract',
    title: 'contract',
    sql: `select id, customer_number, menu, area, supply_point_id, wheeling_capacity, current_limit, meter, status, changed_on
      from contracts where customer_number = ?`,
    rows: (texts, found) => [
      [texts.contractNumber, found.id],
      [texts.menu, found.menu],
      [texts.status, texts.statuses[String(found.status)]],
      [texts.changedOn, found.changed_on],
      [texts.area, found.area],
      [texts.supplyPoint, found.supply_point_id],
      [texts.capacity, found.wheeling_capacity],
      [texts.current, found.current_limit],
      [texts.meter, found.meter],
    ],
  },
];

export function customerPages(app: FastifyInstance, { reads }: Desk): void {
  for (const { way, title, sql, rows } of FACTS) {
    app.get<OfCustomer>(`/customers/:number${way}`, async (request, reply) => {
      const { visit, params } = request;
      const { texts } = visit;
      const found = await reads(visit, lookupOf(visit)).get(sql, params.number);
      if (found === undefined) return notice(reply, texts.notFound, 404);
      const body = customerPage(visit, params.number, texts[title], facts(rows(texts, found)));
      return sendPage(reply, texts[title], body);
    });
  }

  app.get<OfCustomer>('/customers/:number/usage', async (request, reply) => {
    const { visit, params } = request;
    const { texts } = visit;
    const found = await reads(visit, lookupOf(visit)).all(
      `select c.customer_number, u.month, u.kwh from usages u join contracts c on c.id = u.contract_id
       where c.customer_number = ? order by u.month desc`,
      params.number,
    );
    if (found.length === 0) return notice(reply, texts.notFound, 404);
    return sendPage(
      reply,
      texts.usage,
      customerPage(visit, params.number, texts.usage, usageTable(visit, found)),
    );
  });
}

function usageTable({ texts }: Visit, rows: Row[]): Html {
  const most = Math.max(...rows.map(({ kwh }) => Number(kwh)));
  const lines = rows.map(
    ({ month, kwh }) => html`<tr><th scope="row">${String(month)}</th><td class="amount">${Number(kwh)}</td>
<td class="bar"><meter min="0" max="${most}" value="${Number(kwh)}">${Number(kwh)}</meter></td></tr>`,
  );
  return html`<table><thead><tr><th scope="col">${texts.month}</th><th scope="col" class="amount">${texts.kwh}</th><td></td></tr></thead>
<tbody>${lines}</tbody></table>`;
}

/** A page about one customer, with the ways to the others. */
export function customerPage(visit: Visit, number: string, title: string, body: Html): Html {
  const { texts } = visit;
  const ways = [
    ['', texts.overview],
    ['/contract', texts.contract],
    ['/usage', texts.usage],
    ['/address', texts.changeAddress],
    ['/note', texts.note],
  ] as const;
  const tabs = ways.map(([path, name]) => {
    const current = name === title ? html` aria-current="page"` : undefined;
    return html`<a href="${link(visit, `/customers/${encodeURIComponent(number)}${path}`)}"${current}>${name}</a>`;
  });
  return html`<nav class="tabs" aria-label="${texts.customerNumber} ${number}">${tabs}</nav>
<section class="card"><h1>${title} <small>${texts.customerNumber} ${number}</small></h1>${body}</section>`;
}
