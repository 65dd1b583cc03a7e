// SPDX-License-Identifier: Apache-2.0
// A change of address, and of the telephone that goes with it.
import type { FastifyInstance } from 'fastify';
import { notice } from '../answer-error.ts';
import { dayOf } from '../cases.ts';
import type { Desk } from '../desk.ts';
import { html } from '../html.ts';
import { form, link, sendPage } from '../layout.ts';
import { lookupOf } from '../reads.ts';
import { bodyOf } from '../visit.ts';
import { customerPage, type OfCustomer } from './customer.ts';

const LONGEST = 200;

export function addressPages(app: FastifyInstance, { trail, database, reads, now }: Desk): void {
  const update = database.prepare('update customers set address = ?, phone = ? where number = ?');
  const changing = database.prepare(
    "update contracts set status = 'changing', changed_on = ? where customer_number = ?",
  );
  const isCustomer = database.prepare('select 1 from customers where number = ?');

  app.get<OfCustomer>('/customers/:number/address', async (request, reply) => {
    const { visit, params } = request;
    const { texts, deskCase } = visit;
    const found = await reads(visit, lookupOf(visit)).get(
      'select number, address, phone from customers where number = ?',
      params.number,
    );
    if (found === undefined) return notice(reply, texts.notFound, 404);
    const fields = html`
<label>${texts.newAddress}<input name="address" value="${String(found.address)}" required maxlength="${LONGEST}"></label>
<label>${texts.newPhone}<input name="phone" value="${String(found.phone)}" required maxlength="20" inputmode="tel"></label>
<button>${texts.save}</button>`;
    const warning = deskCase?.kind !== 'move' && html`<p class="wrong" role="alert">${texts.noRequest}</p>`;
    const body = html`${warning}${form(visit, `/customers/${params.number}/address`, fields)}`;
    return sendPage(
      reply,
      texts.changeAddress,
      customerPage(visit, params.number, texts.changeAddress, body),
    );
  });

  app.post<OfCustomer>(
    '/customers/:number/address',
    { config: { access: { purpose: 'registration_update' } } },
    async (request, reply) => {
      const { visit, params } = request;
      const { address = '', phone = '' } = bodyOf(request);
      if (isCustomer.get(params.number) === undefined) return notice(reply, visit.texts.notFound, 404);
      if (address === '' || address.length > LONGEST || phone === '' || phone.length > 20)
        return notice(reply, visit.texts.failed, 400);
      // First the record, then the change: if we stop between, the trail holds a change that did not happen, never
      // the other way round.
      await trail.record({
        operation: 'update',
        subject: { ref: trail.subject(params.number) },
        fields: ['basic.address', 'basic.phone'],
      });
      update.run(address, phone, params.number);
      changing.run(dayOf(new Date(now())), params.number); // the network operator has to be told
      return reply.redirect(link(visit, `/customers/${params.number}`), 303);
    },
  );
}
