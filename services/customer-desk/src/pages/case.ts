// SPDX-License-Identifier: Apache-2.0
// Opening a case, saying whom it is about, closing it.
import type { FastifyInstance } from 'fastify';
import { notice } from '../answer-error.ts';
import { isCaseKind } from '../cases.ts';
import type { Desk } from '../desk.ts';
import { bodyOf } from '../visit.ts';

type OfCase = { Params: { id: string } };

export function casePages(app: FastifyInstance, { cases, database }: Desk): void {
  const isCustomer = database.prepare('select 1 from customers where number = ?');

  app.post('/cases', (request, reply) => {
    const { staff, texts } = request.visit;
    const { kind } = bodyOf(request);
    if (!isCaseKind(kind)) return notice(reply, texts.notFound, 400);
    return reply.redirect(`/?case=${cases.open(kind, staff!.id).id}`, 303);
  });

  app.post<OfCase>('/cases/:id/customer', (request, reply) => {
    const { staff, texts } = request.visit;
    const { number = '' } = bodyOf(request);
    const found = cases.find(request.params.id, staff!.id);
    if (found === undefined || isCustomer.get(number) === undefined)
      return notice(reply, texts.notFound, 404);
    cases.bind(found.id, number);
    return reply.redirect(`/customers/${number}?case=${found.id}`, 303);
  });

  app.post<OfCase>('/cases/:id/close', (request, reply) => {
    const { staff, texts } = request.visit;
    const found = cases.find(request.params.id, staff!.id);
    if (found === undefined) return notice(reply, texts.notFound, 404);
    cases.close(found.id);
    return reply.redirect('/', 303);
  });
}
