// SPDX-License-Identifier: Apache-2.0
// The first page: search, open cases, and a new one.
import type { FastifyInstance } from 'fastify';
import { CASE_KINDS, type Case, type CaseKind } from '../cases.ts';
import type { Desk } from '../desk.ts';
import { type Html, html } from '../html.ts';
import { form, link, sendPage } from '../layout.ts';
import type { Visit } from '../visit.ts';

const MOST = 10;

type Found = Record<string, unknown>[];

export function searchPages(app: FastifyInstance, desk: Desk): void {
  app.get<{ Querystring: { q?: string } }>('/', async (request, reply) => {
    const { visit, query } = request;
    const asked = typeof query.q === 'string' ? query.q.normalize('NFKC').trim() : '';
    const found = asked === '' ? undefined : await search(desk, visit, asked);
    const cases = desk.cases.openOf(visit.staff!.id);
    const body = html`<div class="columns"><section class="card"><h1>${visit.texts.search}</h1>
<form method="get" action="/" role="search" class="search">
${visit.deskCase && html`<input type="hidden" name="case" value="${visit.deskCase.id}">`}
<label>${visit.texts.searchHint}<input name="q" type="search" value="${asked}" required></label>
<button>${visit.texts.find}</button></form>${found && results(visit, found)}</section>
<section class="card"><h2>${visit.texts.newCase}</h2>${newCase(visit)}<h2>${visit.texts.cases}</h2>${caseList(visit, cases)}</section></div>`;
    return sendPage(reply, visit.texts.search, body);
  });
}

/** A search shows data of everybody it finds, so each of them is recorded. */
function search({ reads }: Desk, visit: Visit, asked: string): Promise<Found> {
  if (/^\d+$/.test(asked))
    return reads(visit, 'number').all('select number, name, address from customers where number = ?', asked);
  const like = `%${asked.replaceAll(/[\\%_]/g, character => `\\${character}`)}%`;
  return reads(visit, 'name').all(
    `select number, name, address from customers where name like ? escape '\\' order by number limit ${MOST}`,
    like,
  );
}

function results(visit: Visit, found: Found): Html {
  const { texts, deskCase } = visit;
  if (found.length === 0) return html`<p role="status">${texts.nobody}</p>`;
  const open = (number: string) =>
    deskCase === undefined || deskCase.customer !== undefined
      ? html`<a class="button" href="${link(visit, `/customers/${number}`)}">${texts.look}</a>`
      : form(
          visit,
          `/cases/${encodeURIComponent(deskCase.id)}/customer`,
          html`<input type="hidden" name="number" value="${number}"><button>${texts.handleCase}</button>`,
        );
  const rows = found.map(
    ({ number, name, address }) => html`<li><span class="number">${String(number)}</span>
<strong>${String(name)}</strong><span>${String(address)}</span>${open(String(number))}</li>`,
  );
  return html`<ul class="found">${rows}</ul>${found.length === MOST && html`<p>${texts.atMost}</p>`}`;
}

function newCase({ texts, csrf }: Visit): Html {
  const buttons = (Object.keys(CASE_KINDS) as CaseKind[]).map(
    kind => html`<button name="kind" value="${kind}" class="quiet">${texts.kinds[kind]}</button>`,
  );
  return html`<form method="post" action="/cases" class="buttons"><input type="hidden" name="_csrf" value="${csrf}">${buttons}</form>`;
}

function caseList({ texts }: Visit, cases: Case[]): Html {
  if (cases.length === 0) return html`<p>${texts.noCases}</p>`;
  const rows = cases.map(({ id, kind, customer }) => {
    const path = customer === undefined ? '/' : `/customers/${customer}`;
    return html`<li><a href="${path}?case=${encodeURIComponent(id)}">${id}</a> ${texts.kinds[kind]}</li>`;
  });
  return html`<ul class="cases">${rows}</ul>`;
}
