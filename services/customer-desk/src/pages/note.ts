// SPDX-License-Identifier: Apache-2.0
// Notes on calls. The policy lists no such field, and says so of every access to one: somebody has to decide.
import type { FastifyInstance } from 'fastify';
import { notice } from '../answer-error.ts';
import type { Desk } from '../desk.ts';
import { html } from '../html.ts';
import { facts, form, link, sendPage } from '../layout.ts';
import { lookupOf } from '../reads.ts';
import { bodyOf } from '../visit.ts';
import { customerPage, type OfCustomer } from './customer.ts';

const LONGEST = 2000;

export function notePages(app: FastifyInstance, { database, reads, now }: Desk): void {
  const insert = database.prepare(
    'insert into notes (customer_number, case_id, written_by, written_at, text) values (?, ?, ?, ?, ?)',
  );
  const isCustomer = database.prepare('select 1 from customers where number = ?');

  app.get<OfCustomer>('/customers/:number/note', async (request, reply) => {
    const { visit, params } = request;
    const { texts } = visit;
    const found = await reads(visit, lookupOf(visit)).get(
      `select p.number, p.name, p.phone, c.id as contract
       from customers p join contracts c on c.customer_number = p.number where p.number = ?`,
      params.number,
    );
    if (found === undefined) return notice(reply, texts.notFound, 404);
    const rows = facts([
      [texts.name, found.name],
      [texts.phone, found.phone],
      [texts.contractNumber, found.contract],
    ]);
    const fields = html`<label>${texts.noteText}<textarea name="text" rows="5" required maxlength="${LONGEST}"></textarea></label>
<p class="hint">${texts.noteHint}</p><button>${texts.save}</button>`;
    const path = `/customers/${params.number}`;
    const body = html`${rows}${form(visit, `${path}/note`, fields)}<p><a href="${link(visit, `${path}/notes`)}">${texts.notes}</a></p>`;
    return sendPage(reply, texts.note, customerPage(visit, params.number, texts.note, body));
  });

  // What was said is new here: nothing of the customer's is read, so there is no access to record.
  app.post<OfCustomer>('/customers/:number/note', (request, reply) => {
    const { visit, params } = request;
    const { text = '' } = bodyOf(request);
    if (isCustomer.get(params.number) === undefined) return notice(reply, visit.texts.notFound, 404);
    if (text.trim() === '' || text.length > LONGEST) return notice(reply, visit.texts.failed, 400);
    const { staff, deskCase } = visit;
    insert.run(params.number, deskCase?.id ?? null, staff!.id, new Date(now()).toISOString(), text);
    return reply.redirect(link(visit, `/customers/${params.number}`), 303);
  });

  app.get<OfCustomer>('/customers/:number/notes', async (request, reply) => {
    const { visit, params } = request;
    const { texts } = visit;
    const found = await reads(visit, lookupOf(visit)).all(
      `select customer_number, written_by, written_at, text from notes
       where customer_number = ? order by id desc limit 50`,
      params.number,
    );
    const notes = found.map(
      ({ text, written_by, written_at }) => html`<li><p>${String(text)}</p>
<small>${texts.writtenBy} ${String(written_by)} · <time>${String(written_at).slice(0, 16).replace('T', ' ')} UTC</time></small></li>`,
    );
    const body = found.length === 0 ? html`<p>${texts.noNotes}</p>` : html`<ul class="notes">${notes}</ul>`;
    return sendPage(reply, texts.notes, customerPage(visit, params.number, texts.notes, body));
  });
}
